package io.pgtrail.versioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.tracking.Attempt;
import io.pgtrail.tracking.InstalledDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Passwords of foreign servers: versions keep that there is one, never which. */
final class ForeignSecretsTest extends InstalledDatabase {

  private static final String SYNTAX_ERROR = "42601";

  @BeforeEach
  void connectToAnotherServer() throws Exception {
    run(
        "create foreign data wrapper wrapper",
        "create server books foreign data wrapper wrapper"
            + " options (host 'db.example.org', password 'hunter2', url 'https://bob:hunter2@example.org/')",
        "create user mapping for public server books"
            + " options (user 'bob', password 'hunter2', dbname 'host=x password=hunter2', pin 'hunter2')");
  }

  @Test
  void keepsWhatIsNoSecretAndThatThereIsOne() throws Exception {
    assertThat(definition("SERVER", "options"))
        .isEqualTo(
            "{\"url\": \"<redacted>\", \"host\": \"db.example.org\", \"password\": \"<redacted>\"}");
    assertThat(definition("USER MAPPING", "options"))
        .isEqualTo(
            "{\"pin\": \"<redacted>\", \"user\": \"bob\", \"dbname\": \"<redacted>\","
                + " \"password\": \"<redacted>\"}");
  }

  @Test
  void keepsNoSecretOfAForeignTable() throws Exception {
    run(
        "create foreign table book (title text options (token 'hunter2')) server books"
            + " options (query 'x', api_key 'hunter2')");

    assertThat(definition("FOREIGN TABLE", "foreign_options"))
        .isEqualTo("{\"query\": \"x\", \"api_key\": \"<redacted>\"}");
    assertThat(
            value(
                "select d.definition #>> '{columns,title,foreign_options,token}' from "
                    + DESCRIBED
                    + " where object_type = 'FOREIGN TABLE'"))
        .isEqualTo("<redacted>");
  }

  @Test
  void recordsNoSecretWhateverIsDoneToAMapping() throws Exception {
    run("alter user mapping for public server books options (set password 'hunter2-new')");
    run("drop user mapping for public server books");

    assertThat(
            value("select count(*) from pggit.history as h where h.object_type = 'USER MAPPING'"))
        .isNotEqualTo("0");
    assertThat(
            value(
                "select (select coalesce(string_agg(o::text, ''), '') from pggit.objects as o)"
                    + " || (select coalesce(string_agg(h::text, ''), '') from pggit.history as h)"))
        .contains("bob")
        .doesNotContain("hunter2");
  }

  @Test
  void postgresRefusesAStatementWhoseSecretIsNotKnown() throws Exception {
    String statement =
        value(
            "select (pgtrail.create_statements(object_type, full_name, definition))[1] from "
                + DESCRIBED
                + " where object_type = 'USER MAPPING'");
    run("drop user mapping for public server books");

    assertThat(attempt(statement).sqlState()).isEqualTo(SYNTAX_ERROR);
    assertThat(
            attempt(
                    value(
                        "select ddl from pgtrail.alter_steps('USER MAPPING', 'PUBLIC SERVER books',"
                            + " '{}', '{\"options\": {\"password\": \"<redacted>\"}}') where risk ="
                            + " 'IRREVERSIBLE'"))
                .sqlState())
        .isEqualTo(SYNTAX_ERROR);
  }

  @Test
  void leavesThePasswordAloneWhenSomethingElseIsAltered() throws Exception {
    String statement =
        value(
            "select s.ddl from "
                + DESCRIBED
                + ", lateral pgtrail.alter_steps(object_type, full_name, definition,"
                + " jsonb_set(definition, '{options,user}', '\"alice\"')) as s"
                + " where object_type = 'USER MAPPING'");

    assertThat(attempt(statement).sqlState()).isEqualTo(Attempt.DONE);
    assertThat(value("select umoptions::text from pg_user_mapping"))
        .contains("user=alice")
        .contains("password=hunter2");
  }

  @Test
  void saysSoWhereTheMappingsCannotBeRead() throws Exception {
    run("alter view pgtrail.user_mapping_option owner to pgtrail_owner");

    assertThat(definition("USER MAPPING", "options_unknown")).isEqualTo("true");
    assertThat(definition("USER MAPPING", "options")).isEqualTo("null");
  }

  private String definition(String type, String key) throws Exception {
    return value(
        "select definition ->> '%s' from %s where object_type = '%s'"
            .formatted(key, DESCRIBED, type));
  }

  private static final String DESCRIBED =
      """
      (
          select v.class_id, array_agg(v.object_id) as objects
          from pgtrail.versioned_object as v
          group by v.class_id
      ) as v
      cross join lateral pgtrail.describe(v.class_id, v.objects) as d
      """;
}
