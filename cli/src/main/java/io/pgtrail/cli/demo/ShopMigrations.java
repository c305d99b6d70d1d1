package io.pgtrail.cli.demo;

import io.pgtrail.connection.TrailDataSource;
import io.pgtrail.migration.MigrationListener;
import io.pgtrail.migration.MigrationSettings;
import io.pgtrail.migration.Migrations;
import io.pgtrail.script.Cancellation;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What {@code pgtrail migrate} would do with a directory of the shop, the last of which fails. */
final class ShopMigrations {

  private static final List<String> FILES =
      List.of("V13__give_points.sql", "V14__demand_an_email.sql");

  private ShopMigrations() {}

  static void run(TrailDataSource dataSource) {
    try {
      Path directory = Files.createTempDirectory("pgtrail-demo-migrations");
      try {
        for (String file : FILES) {
          unpack(file, directory);
        }
        MigrationSettings settings =
            new MigrationSettings(
                directory, Optional.empty(), Optional.empty(), Duration.ofSeconds(5), 0);
        new Migrations(dataSource, settings)
            .migrate(new MigrationListener() {}, new Cancellation());
      } finally {
        for (String file : FILES) {
          Files.deleteIfExists(directory.resolve(file));
        }
        Files.delete(directory);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static void unpack(String file, Path directory) throws IOException {
    try (InputStream resource = ShopMigrations.class.getResourceAsStream("flyway/" + file)) {
      Files.copy(Objects.requireNonNull(resource, file), directory.resolve(file));
    }
  }
}
