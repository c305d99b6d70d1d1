package io.pgtrail.reference;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgtrail.install.Installations;
import io.pgtrail.testkit.GeneratedPage;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class VersionReferenceTest {

  /** Some kinds and rules are those of newer versions only. */
  private static final int VERSION_OF_THE_PAGE = 18;

  private static final String RISKS =
      """
      ## Risks

      | risk | meaning |
      |---|---|
      | `SAFE` | A change of the catalog; the lock is short. |
      | `LOCK` | Reads a table or builds an index while nobody else can write it: validating a constraint, filling a materialized view. |
      | `REWRITE` | Writes every row of a table anew under the strongest lock. |
      | `DATA_LOSS` | Destroys data. `lost_rows` counts the rows that have some, 1 for a sequence that was used; where it is 0, nothing is lost and nothing refused. |
      | `IRREVERSIBLE` | Cannot be done, because something was never recorded: a password, say. A rollback that has such a step is refused. |

      """;

  @RegisterExtension
  static final TestDatabases DATABASES = TestDatabases.with(Installations.PGTRAIL);

  @Test
  void thePageOfVersionsListsEveryKindRuleAndRisk(TestDatabase database) throws Exception {
    assumeTrue(database.majorVersion() == VERSION_OF_THE_PAGE);

    GeneratedPage.named("versions.md")
        .mustBe(
            """
            # Versions

            What has versions, how a change is numbered, and what the steps of a plan risk. How it works:
            [versioning](../explanation/versioning.md).

            """
                + kinds(database)
                + RISKS
                + rules(database));
  }

  private static String kinds(TestDatabase database) throws Exception {
    StringBuilder text =
        new StringBuilder(
            """
            ## Kinds

            `pggit.coverage()` gives this list with the number of objects in a database.

            | kind | versioned | remark |
            |---|---|---|
            """);
    for (Map<String, @Nullable Object> kind :
        database.rows(
            """
            select c.object_type, case when c.versioned then 'yes' else 'no' end as versioned,
                coalesce(c.remark, '') as remark
            from pggit.coverage() as c
            order by not c.versioned, c.object_type
            """)) {
      text.append(
          "| `%s` | %s | %s |%n"
              .formatted(kind.get("object_type"), kind.get("versioned"), kind.get("remark")));
    }
    return text.append('\n').toString();
  }

  private static String rules(TestDatabase database) throws Exception {
    StringBuilder text =
        new StringBuilder(
            """
            ## Rules

            An object is 1.0.0 at first. The gravest difference of a change decides: `MAJOR` breaks users of the object,
            `MINOR` adds to it, `PATCH` does not concern them. `TYPE` is `MINOR` where the new type holds every value of the
            old one, else `MAJOR`. `RIGHTS` is `MAJOR` where a grantee loses a privilege, `MINOR` where all keep what they have
            and somebody gets more. A `*` stands for the name of a column, a constraint and so on. Creating an object is
            `MINOR`, dropping it `MAJOR`, and so is whatever no rule names. A new column that must be filled and has no default
            is `MAJOR`.

            Another query of a view with the same columns is `MINOR`: nothing that uses the view fails, but it may read other
            rows, so it is no `PATCH`. Another body of a function is `PATCH`:
            what was promised is the signature. A view or function that is only worded anew, because something in it was
            renamed, is `PATCH`.

            | kind | part | change | severity | meaning |
            |---|---|---|---|---|
            """);
    for (Map<String, @Nullable Object> rule :
        database.rows(
            """
            select r.object_type, r.path, r.change, r.severity, r.meaning
            from pgtrail.severity_rule as r
            order by r.object_type, r.path, r.change
            """)) {
      text.append(
          "| %s | `%s` | %s | `%s` | %s |%n"
              .formatted(
                  "*".equals(rule.get("object_type"))
                      ? "every"
                      : "`" + rule.get("object_type") + "`",
                  rule.get("path"),
                  rule.get("change"),
                  rule.get("severity"),
                  rule.get("meaning")));
    }
    return text.toString();
  }
}
