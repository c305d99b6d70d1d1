package io.pgtrail.server.api;

import io.pgtrail.reporting.Feed;
import io.pgtrail.reporting.FeedPlace;
import io.pgtrail.server.security.Account;
import io.pgtrail.server.security.Accounts;
import io.pgtrail.server.security.Caller;
import io.pgtrail.server.targets.Targets;
import io.pgtrail.server.web.Parameters;
import io.quarkus.security.AuthenticationFailedException;
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
import org.jspecify.annotations.Nullable;

/** Versions of operations as they are committed. */
@Path("/api/v1/targets/{target}/events")
@RolesAllowed("viewer")
public class EventsResource {

  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final int MOST = 500;
  private static final Duration LONGEST = Duration.ofMinutes(5);

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
   * none twice; else it begins now. Ends after five minutes, when the account is gone and when the
   * target does not answer: come back then.
   */
  @GET
  @Produces(MediaType.SERVER_SENT_EVENTS)
  public Multi<OutboundSseEvent> events(
      @HeaderParam("Last-Event-ID") @Nullable String last, @Context Sse sse) {
    Feed feed = new Feed(caller.at(targets.named(target)));
    FeedPlace start = Parameters.given(last).map(FeedPlace::parse).orElseGet(feed::end);
    Listener listener = new Listener(feed, caller.account(), start, sse);
    return Multi.createFrom()
        .ticks()
        .every(PAUSE)
        .onOverflow()
        .drop()
        // Whoever comes back signs in again, and goes on where it was.
        .select()
        .first(LONGEST)
        .onItem()
        .transformToMultiAndConcatenate(
            tick ->
                Uni.createFrom()
                    .item(listener::next)
                    .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                    .onItem()
                    .transformToMulti(events -> Multi.createFrom().iterable(events)));
  }

  /** One who listens, and how far it has heard. Asked by one thread after the other. */
  private final class Listener {

    private final Feed feed;
    private final Account account;
    private final Sse sse;
    private volatile FeedPlace place;

    Listener(Feed feed, Account account, FeedPlace start, Sse sse) {
      this.feed = feed;
      this.account = account;
      this.place = start;
      this.sse = sse;
    }

    List<OutboundSseEvent> next() {
      if (!accounts.current(account.name()).equals(Optional.of(account))) {
        throw new AuthenticationFailedException("The account is not what it was");
      }
      List<Feed.Entry> entries = feed.after(place, MOST);
      if (entries.isEmpty()) {
        // A connection on which nothing comes is taken for dead, by proxies too.
        return List.of(sse.newEventBuilder().comment("nothing new").build());
      }
      place = entries.get(entries.size() - 1).place();
      return entries.stream().map(this::event).toList();
    }

    private OutboundSseEvent event(Feed.Entry entry) {
      return sse.newEventBuilder()
          .name("operation")
          .id(entry.place().text())
          .mediaType(MediaType.APPLICATION_JSON_TYPE)
          .data(OperationDocument.class, OperationDocument.of(entry.operation()))
          .build();
    }
  }
}
