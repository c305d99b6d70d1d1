package io.pgtrail.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** That no piece of printed SQL escapes {@link PrintedSqlTest}. */
final class PrintedPagesTest {

  @ParameterizedTest
  @MethodSource("all")
  void everyPieceHasAResultOrARefusal(PrintedSql piece) {
    assertThat(piece.sql()).isNotEmpty();
    assertThat(piece.result().isEmpty()).isEqualTo(piece.refusal().isPresent());
  }

  @ParameterizedTest
  @MethodSource("ofOurPages")
  void whatIsTestedStandsOnThePageWordForWord(PrintedSql piece) throws Exception {
    String[] pageAndHeading = piece.title().split(": ", 2);

    assertThat(section(page(pageAndHeading[0]), pageAndHeading[1]))
        .contains("```sql\n" + piece.sql() + "\n```");
  }

  @Test
  void everyQueryOfThePageOfQueriesIsTested() throws Exception {
    long tested = ofOurPages().filter(piece -> piece.title().startsWith("query-the-trail")).count();

    assertThat(page("query-the-trail.md").split("```sql\n", -1)).hasSize((int) tested + 1);
  }

  static Stream<PrintedSql> all() {
    return PrintedSql.all();
  }

  static Stream<PrintedSql> ofOurPages() {
    return PrintedSql.in("how-to").stream();
  }

  private static String page(String name) throws IOException {
    return Files.readString(Project.root().resolve("docs/how-to").resolve(name));
  }

  private static String section(String page, String heading) {
    String start = "## " + heading + "\n";
    assertThat(page).contains(start);
    return page.substring(page.indexOf(start)).split("\n## ", 2)[0];
  }
}
