package io.pgtrail.reference;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.testkit.GeneratedPage;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ErrorReferenceTest {

  @Test
  void theErrorPageListsEveryCode() throws IOException {
    StringBuilder page =
        new StringBuilder(
            """
            # Errors

            Every error that pgtrail raises has an SQLSTATE, an exit code for the shell and a status for HTTP. Its message
            says what is wrong, its hint what to do.

            | SQLSTATE | name | exit code | HTTP | meaning |
            |---|---|---|---|---|
            """);
    for (ErrorCode code : ErrorCode.values()) {
      page.append(
          "| `%s` | `%s` | %d | %d | %s |%n"
              .formatted(
                  code.sqlState(), code, code.exitCode(), code.httpStatus(), code.meaning()));
    }
    page.append(
        """

        `PT006` is a warning where `complete_operation` answers false, and an error of `record_operations`, where a role may not end
        what another began. Whatever else PostgreSQL raises keeps its own SQLSTATE. The command line ends with 0 when all went well, 1
        when the answer is no, and `run` with the exit code of the program it ran.
        """);

    GeneratedPage.named("errors.md").mustBe(page.toString());
  }
}
