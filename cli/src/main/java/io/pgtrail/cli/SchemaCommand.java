package io.pgtrail.cli;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.versioning.Versions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code pgtrail schema}: the schema of a moment as a script. */
@Command(
    name = "schema",
    description = "Print the DDL that makes the schema of a moment in an empty database.",
    footer = {
      "",
      "Rows and secrets are not in it; the roles that it names must exist.",
      "",
      "A MOMENT is a span before now (24h, 7d, 15min), a date (2026-01-31) or a date and time",
      "(2026-01-31T14:30, with Z or an offset if not local). For members of pgtrail_reader.",
      "",
      "Examples:",
      "  pgtrail schema > schema.sql",
      "  pgtrail schema --at 2026-01-31 --output january.sql"
    })
final class SchemaCommand implements Callable<Integer> {

  private final PgtrailCommand root;

  @Option(names = "--at", paramLabel = "MOMENT", description = "Of this moment; now if not given.")
  private @Nullable String at;

  @Option(names = "--output", paramLabel = "FILE", description = "Write it to this file.")
  private @Nullable Path output;

  SchemaCommand(PgtrailCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    Moments moments = new Moments(Clock.system(ZoneId.systemDefault()));
    String schema =
        new Versions(root.jdbi(false)).schema(Optional.ofNullable(at).map(moments::parse));
    if (output == null) {
      root.console().script(schema);
    } else {
      write(output, schema);
    }
    return 0;
  }

  private static void write(Path file, String schema) {
    try {
      Files.writeString(file, schema + "\n");
    } catch (IOException failure) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          file + " cannot be written: " + failure,
          "Name a file in a directory that exists and that you may write.",
          failure);
    }
  }
}
