package io.pgtrail.cli;

import io.pgtrail.versioning.Change;
import io.pgtrail.versioning.ChangeFilter;
import io.pgtrail.versioning.Versions;
import org.jspecify.annotations.Nullable;

/** Prints changes of the schema, for {@code log} and {@code demo}. */
final class ChangeListing {

  private static final int SHORT_COMMIT = 8;

  private static final Listing<Change> TABLE =
      new Listing<Change>()
          .with(Column.shown("time"), Change::changedAt)
          .with(Column.shown("commit"), change -> shortCommit(change.commit().toString()))
          .with(Column.text("author"), Change::author)
          .with(Column.shown("change"), Change::type)
          .with(Column.shown("severity"), Change::severity)
          .with(Column.text("object"), change -> change.objectType() + " " + change.fullName())
          .with(
              Column.shown("versions"),
              change -> versions(change.versionBefore(), change.versionAfter()));

  private static final Listing<Change> DATA =
      new Listing<Change>()
          .with(Column.shown("change_timestamp"), Change::changedAt)
          .with(Column.shown("commit_id"), Change::commit)
          .with(Column.shown("changed_by"), Change::author)
          .with(Column.shown("change_type"), Change::type)
          .with(Column.shown("change_severity"), Change::severity)
          .with(Column.shown("object_type"), Change::objectType)
          .with(Column.shown("full_name"), Change::fullName)
          .with(Column.shown("version_before"), Change::versionBefore)
          .with(Column.shown("version_after"), Change::versionAfter)
          .with(Column.shown("script_execution_hk"), Change::operation);

  private final Listing<Change> listing;
  private final RowPrinter printer;
  private long shown;
  private boolean more;

  private ChangeListing(Format format, Console console) {
    this.listing = format == Format.table ? TABLE : DATA;
    this.printer = format.printer(console, listing.columns());
  }

  /** Prints what the filter lets through, newest first, and says when that is not all. */
  static void print(Versions versions, ChangeFilter filter, Format format, Console console) {
    ChangeListing listing = new ChangeListing(format, console);
    long limit = filter.limit();
    listing.print(versions, limit == 0 ? filter : filter.withLimit(limit + 1), limit);
    if (listing.shown == 0) {
      console.remark("No changes match.");
    } else if (listing.more) {
      console.remark("There are older ones: --limit 0 shows all.");
    }
  }

  /** Prints so many, the newest of all. */
  static void printNewest(Versions versions, long count, Console console) {
    new ChangeListing(Format.table, console).print(versions, ChangeFilter.newest(count), count);
  }

  private void print(Versions versions, ChangeFilter filter, long limit) {
    versions.read(filter, change -> print(change, limit));
    printer.end();
  }

  private boolean print(Change change, long limit) {
    more = limit > 0 && shown == limit;
    if (more) {
      return false;
    }
    shown++;
    return printer.row(listing.row(change));
  }

  private static String shortCommit(String commit) {
    return commit.substring(0, SHORT_COMMIT);
  }

  /** One of them may be missing: the object was created or dropped. */
  static String versions(@Nullable String before, @Nullable String after) {
    String from = before == null ? "" : before + " ";
    String to = after == null ? "" : " " + after;
    return from + "→" + to;
  }
}
