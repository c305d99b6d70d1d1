package io.pgtrail.server.web;

import io.pgtrail.error.PgtrailException;
import io.pgtrail.reporting.HistoryCursor;
import io.pgtrail.reporting.HistoryFilter;
import jakarta.ws.rs.QueryParam;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jspecify.annotations.Nullable;

/** The filters of the list of operations as parameters of a URL; an empty one is none. */
public final class OperationsQuery {

  private static final int PAGE = 50;
  private static final int LONGEST_PAGE = 1000;

  @QueryParam("since")
  public @Nullable String since;

  @QueryParam("until")
  public @Nullable String until;

  @QueryParam("type")
  public @Nullable String type;

  @QueryParam("status")
  public @Nullable String status;

  @QueryParam("user")
  public @Nullable String user;

  @QueryParam("object")
  public @Nullable String object;

  @QueryParam("text")
  public @Nullable String text;

  @QueryParam("tenant")
  public @Nullable String tenant;

  @QueryParam("before")
  public @Nullable String before;

  @Parameter(schema = @Schema(type = SchemaType.INTEGER))
  @QueryParam("limit")
  public @Nullable String limit;

  /**
   * What to read.
   *
   * @throws PgtrailException {@code INVALID_ARGUMENT} for what cannot be understood
   */
  public HistoryFilter page() {
    return filter(Parameters.number(1, LONGEST_PAGE, "limit", limit, PAGE));
  }

  /** The same for an export: all, unless it is said how many. */
  public HistoryFilter export() {
    return filter(Parameters.number(1, Integer.MAX_VALUE, "limit", limit, 0));
  }

  private HistoryFilter filter(int longest) {
    return new HistoryFilter(
        Parameters.moment("since", since),
        Parameters.moment("until", until),
        Parameters.given(type),
        Parameters.given(status),
        Parameters.given(user),
        Optional.empty(),
        Parameters.given(object),
        Parameters.given(text),
        Parameters.given(tenant),
        Parameters.given(before).map(HistoryCursor::parse),
        longest);
  }
}
