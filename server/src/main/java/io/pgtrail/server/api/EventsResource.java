package io.pgtrail.server.api;

import io.pgtrail.error.PgtrailException;
import io.pgtrail.reporting.Feed;
import io.pgtrail.reporting.FeedPlace;
import io.pgtrail.server.security.Account;
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
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
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
  private final Streams streams;
  private final RecentFeeds recentFeeds;

  @PathParam("target")
  String target = "";

  @Inject
  EventsResource(Targets targets, Caller caller, Streams streams, RecentFeeds recentFeeds) {
    this.targets = targets;
    this.caller = caller;
    this.streams = streams;
    this.recentFeeds = recentFeeds;
  }

  /**
   * Server-sent events {@code operation}, each with a version of an operation. Whoever sends the id
   * of the last one as {@code Last-Event-ID}, as browsers do by themselves, misses none and gets
   * none twice; else it begins now. Long texts are abridged, as in the list of operations. Events
   * without a name only say how far it is. Ends after five minutes, when session, token or account
   * do, when what the account may do changes, and when the target does not answer: come back then.
   */
  @GET
  @Produces(MediaType.SERVER_SENT_EVENTS)
  public Multi<OutboundSseEvent> events(
      @HeaderParam("Last-Event-ID") @Nullable String last, @Context Sse sse) {
    Feed feed = new Feed(caller.at(targets.named(target)));
    FeedPlace start = Parameters.given(last).map(FeedPlace::parse).orElseGet(feed::end);
    Account account = caller.account();
    RecentFeed recent = recentFeeds.of(target, account);
    Listener listener = new Listener(feed, recent, caller.stays(), start, sse);
    streams.open(account.name());
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
                    .transformToMulti(events -> Multi.createFrom().iterable(events)))
        .onFailure(EventsResource::isForeseen)
        .recoverWithCompletion()
        .onTermination()
        .invoke(() -> streams.close(account.name()));
  }

  private static boolean isForeseen(Throwable failure) {
    return failure instanceof PgtrailException || failure instanceof AuthenticationFailedException;
  }

  /** One who listens, and how far it has heard. Asked by one thread after the other. */
  private static final class Listener {

    private final Feed feed;
    private final RecentFeed recent;
    private final BooleanSupplier callerStays;
    private final Sse sse;
    private volatile FeedPlace place;

    Listener(Feed feed, RecentFeed recent, BooleanSupplier callerStays, FeedPlace start, Sse sse) {
      this.feed = feed;
      this.recent = recent;
      this.callerStays = callerStays;
      this.place = start;
      this.sse = sse;
    }

    List<OutboundSseEvent> next() {
      if (!callerStays.getAsBoolean()) {
        throw new AuthenticationFailedException("The caller is not who it was");
      }
      FeedPlace before = place;
      Feed.Stretch stretch = recent.after(before, feed, MOST);
      place = stretch.reached();
      List<OutboundSseEvent> events = new ArrayList<>();
      stretch.entries().forEach(entry -> events.add(event(entry)));
      if (events.isEmpty()) {
        events.add(reached(!place.equals(before)));
      }
      return events;
    }

    /** A connection on which nothing comes is taken for dead, by proxies too. */
    private OutboundSseEvent reached(boolean further) {
      OutboundSseEvent.Builder event = sse.newEventBuilder().comment("nothing new");
      return (further ? event.id(place.text()) : event).build();
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
