package io.pgtrail.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java that the documentation shows is Java. */
@Tag("one-major")
final class DocumentationTest {

  private static final Pattern BLOCK = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern NAME = Pattern.compile("class (\\w+)");

  @Test
  void showsJavaThatCompiles(@TempDir Path classes) throws Exception {
    List<JavaFileObject> sources = new ArrayList<>();
    for (String page : List.of("track-from-java.md", "track-migrations.md")) {
      int before = sources.size();
      Matcher block = BLOCK.matcher(Files.readString(Path.of("..", "docs", "how-to", page)));
      while (block.find()) {
        sources.add(source(block.group(1)));
      }
      assertThat(sources).as(page).hasSizeGreaterThan(before);
    }

    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    compiler
        .getTask(null, null, found, List.of("-d", classes.toString(), "-proc:none"), null, sources)
        .call();

    assertThat(found.getDiagnostics()).isEmpty();
  }

  private static JavaFileObject source(String text) {
    Matcher name = NAME.matcher(text);
    assertThat(name.find()).isTrue();
    return new SimpleJavaFileObject(
        URI.create("string:///" + name.group(1) + ".java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return text;
      }
    };
  }
}
