package io.pgtrail.capture;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A titled sequence of statements in one or more sessions.
 *
 * <p>In a resource a script begins with {@code --- title} or {@code --- title (from 15)}, the
 * oldest major version that can run it. A paragraph is what one session sends at once. Lines that
 * begin with {@code --@} direct it: {@code --@name} chooses the session, one whose name begins with
 * {@code visitor} belongs to a role without rights; {@code --@copy} sends the first line as COPY
 * and the rest as its data; {@code --@differs reason} says why pgtrail is seen here.
 */
record SqlScript(String title, int firstMajor, List<Step> steps) {

  private static final Pattern TITLE = Pattern.compile("--- (.*?)(?: \\(from (\\d+)\\))?");

  SqlScript {
    steps = List.copyOf(steps);
  }

  /** What one session sends at once. */
  record Step(String session, boolean copies, @Nullable String differs, String sql) {

    private static Step parse(String paragraph) {
      String session = "admin";
      boolean copies = false;
      String differs = null;
      StringBuilder sql = new StringBuilder();
      for (String line : paragraph.split("\n", -1)) {
        if (line.equals("--@copy")) {
          copies = true;
        } else if (line.startsWith("--@differs ")) {
          differs = line.substring("--@differs ".length());
        } else if (line.startsWith("--@")) {
          session = line.substring("--@".length());
        } else {
          sql.append(line).append('\n');
        }
      }
      return new Step(session, copies, differs, sql.toString().stripTrailing());
    }
  }

  static List<SqlScript> inResource(String name) {
    List<SqlScript> scripts = new ArrayList<>();
    for (String section : read(name).split("(?m)^(?=--- )", -1)) {
      if (section.startsWith("--- ")) {
        scripts.add(parse(section));
      }
    }
    return scripts;
  }

  private static SqlScript parse(String section) {
    String[] titleAndBody = section.split("\n", 2);
    Matcher title = TITLE.matcher(titleAndBody[0]);
    if (!title.matches()) {
      throw new IllegalArgumentException("Not a title: " + titleAndBody[0]);
    }
    List<Step> steps = new ArrayList<>();
    for (String paragraph : titleAndBody[1].strip().split("\n\\s*\n", -1)) {
      steps.add(Step.parse(paragraph));
    }
    int firstMajor = title.group(2) == null ? 0 : Integer.parseInt(title.group(2));
    return new SqlScript(title.group(1), firstMajor, steps);
  }

  private static String read(String name) {
    try (InputStream resource = SqlScript.class.getResourceAsStream(name)) {
      return new String(
          Objects.requireNonNull(resource, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException failure) {
      throw new IllegalStateException("Cannot read " + name, failure);
    }
  }

  @Override
  public String toString() {
    return title;
  }
}
