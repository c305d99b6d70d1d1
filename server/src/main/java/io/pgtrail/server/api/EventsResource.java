package io.pgtrail.server.api;

import io.pgtrail.reporting.Feed;
import io.pgtrail.reporting.FeedPlace;
import io.pgtrail.server.security.Account;
import io.pgtrail.server.security.Accounts;
import io.pgtrail.server.security.Caller;
import io.pgtrail.server.target.Targets;
import io.pgtrail.server.web.Parameters;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Versions of operations as they are committed. */
@Path("/api/v1/targets/{target}/events")
@RolesAllowed("viewer")
public class EventsResource {

  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final int MOST = 500;

  private final Targets targets;
  private final Caller caller;
  private final Accounts accounts;

  @PathParam("target")
  String target = "";

  @Inject
  EventsResource(Targets targets, Caller caller, Accounts accounts) {
    this.targets = targets;
    this.caller = caller;
    this.accounts = accounts;
  }

  /**
   * Server-sent events {@code operation}, each with a version of an operation. Whoever sends the id
   * of the last one as {@code Last-Event-ID}, as browsers do by themselves, misses none and gets
   * none twice; else it begins now. Ends when the account is gone or the target does not answer:
   * try again then.
   */
  @GET
  @Produces(MediaType.SERVER_SENT_EVENTS)
  public Multi<OutboundSseEvent> events(
      @HeaderParam("Last-Event-ID") @Nullable String last, @Context Sse sse) {
    Feed feed = new Feed(caller.at(targets.named(target)));
    Account account = caller.account();
    AtomicReference<FeedPlace> place =
        new AtomicReference<>(Parameters.given(last).map(FeedPlace::parse).orElseGet(feed::end));
    return Multi.createFrom()
        .ticks()
        .every(PAUSE)
        .onOverflow()
        .drop()
        .onItem()
        .transformToMultiAndConcatenate(
            tick ->
                Uni.createFrom()
                    .item(() -> next(feed, account, place, sse))
                    .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                    .onItem()
                    .transformToMulti(events -> Multi.createFrom().iterable(events)));
  }

  private List<OutboundSseEvent> next(
      Feed feed, Account account, AtomicReference<FeedPlace> place, Sse sse) {
    if (!accounts.current(account.name()).equals(Optional.of(account))) {
      throw new IllegalStateException("the account has changed");
    }
    List<Feed.Entry> entries = feed.after(place.get(), MOST);
    if (!entries.isEmpty()) {
      place.set(entries.get(entries.size() - 1).place());
    }
    Stream<OutboundSseEvent> events =
        entries.stream()
            .map(
                entry ->
                    sse.newEventBuilder()
                        .name("operation")
                        .id(entry.place().text())
                        .mediaType(MediaType.APPLICATION_JSON_TYPE)
                        .data(OperationDocument.class, OperationDocument.of(entry.operation()))
                        .build());
    // A connection on which nothing comes is taken for dead, by proxies too.
    return entries.isEmpty()
        ? List.of(sse.newEventBuilder().comment("nothing new").build())
        : events.toList();
  }
}
