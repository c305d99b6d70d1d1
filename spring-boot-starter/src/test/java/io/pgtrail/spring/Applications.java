package io.pgtrail.spring;

import io.pgtrail.install.Installer;
import io.pgtrail.testkit.Installation;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.TestDatabase;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Starts applications as their {@code main} would. */
final class Applications {

  static final Installation PGTRAIL = login -> new Installer(login.dataSource()).install();

  private Applications() {}

  /** Everything that Spring Boot configures by itself. */
  @SpringBootConfiguration
  @EnableAutoConfiguration
  static class Plain {}

  /** Starts one over a database, without migrations and web server unless it is told to. */
  static ConfigurableApplicationContext start(
      TestDatabase database, Map<String, String> properties, Class<?>... more) {
    Login login = database.login();
    Map<String, Object> all = new HashMap<>();
    all.put("spring.datasource.url", login.jdbcUrl());
    all.put("spring.datasource.username", login.user());
    all.put("spring.datasource.password", login.password());
    all.put("spring.datasource.hikari.maximum-pool-size", "3");
    all.put("spring.flyway.enabled", "false");
    // What pgtrail has installed into the schema is none of Flyway's.
    all.put("spring.flyway.baseline-on-migrate", "true");
    all.put("spring.flyway.baseline-version", "0");
    all.put("spring.liquibase.enabled", "false");
    all.put("spring.main.web-application-type", "none");
    all.put("spring.main.banner-mode", "off");
    all.put("logging.level.root", "off");
    all.putAll(properties);
    return new SpringApplicationBuilder(Plain.class).sources(more).properties(all).run();
  }

  /** Gives what was recorded, an operation a line, by their names. */
  static String recorded(TestDatabase database, String columns) throws SQLException {
    return String.valueOf(
        database.queryForString(
            """
            select string_agg(concat_ws(' ', script_name, execution_status, %s), E'\\n'
                order by script_name collate "C")
            from script_tracking.script_execution_s
            where record_source = 'CLIENT'
            """
                .formatted(columns)));
  }
}
