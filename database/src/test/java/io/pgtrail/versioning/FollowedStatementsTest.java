package io.pgtrail.versioning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a statement changes, also beside what it names, is recorded when it is done: the
 * statements of {@code followed.sql}.
 */
final class FollowedStatementsTest extends VersionedDatabase {

  /** After how many statements what is recorded is compared with what is there. */
  private static final int EVERY = Integer.getInteger("pgtrail.test.followed.every", 6);

  /** Statements about one matter, for a database of their own. */
  record Section(String title, int firstMajor, int lastMajor, List<String> statements) {

    private static final Pattern TITLE =
        Pattern.compile("(.*?)(?: \\(from (\\d+)\\))?(?: \\(until (\\d+)\\))?");

    static Section parse(String text) {
      String[] titleAndBody = text.split("\n", 2);
      Matcher title = TITLE.matcher(titleAndBody[0]);
      if (!title.matches()) {
        throw new IllegalArgumentException("Not a title: " + titleAndBody[0]);
      }
      return new Section(
          title.group(1),
          title.group(2) == null ? 0 : Integer.parseInt(title.group(2)),
          title.group(3) == null ? Integer.MAX_VALUE : Integer.parseInt(title.group(3)),
          Arrays.asList(titleAndBody[1].strip().split(";\n", -1)));
    }

    @Override
    public String toString() {
      return title;
    }
  }

  static Stream<Section> sections() throws IOException {
    try (InputStream resource = FollowedStatementsTest.class.getResourceAsStream("followed.sql")) {
      String text =
          new String(Objects.requireNonNull(resource).readAllBytes(), StandardCharsets.UTF_8);
      return Arrays.stream(text.split("(?m)^--- ", -1)).skip(1).map(Section::parse);
    }
  }

  @ParameterizedTest
  @MethodSource("sections")
  void recordsWhatIsThereAfterEachStatement(Section section) throws SQLException {
    assumeTrue(
        database.majorVersion() >= section.firstMajor()
            && database.majorVersion() <= section.lastMajor());
    String bob = member("bob").user();
    String amy = member("amy").user();

    int done = 0;
    for (String statement : section.statements()) {
      run(statement.replace("$bob", bob).replace("$amy", amy));
      // Not after each: to compare the whole database takes longer than the statement.
      if (++done % EVERY == 0 && value("select count(*) from pgtrail.touched").equals("0")) {
        assertThat(drift()).as("up to " + statement).isEmpty();
      }
    }

    assertRecordedAsItIs();
  }
}
