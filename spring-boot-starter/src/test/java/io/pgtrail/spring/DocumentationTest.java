package io.pgtrail.spring;

import static io.pgtrail.spring.Applications.recorded;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.io.StringReader;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.context.ConfigurableApplicationContext;

/** The page on Spring Boot is an application that runs, and knows every property. */
@Tag("one-major")
final class DocumentationTest {

  @RegisterExtension
  static final TestDatabases DATABASES = TestDatabases.with(Applications.PGTRAIL);

  private static final Pattern NAME = Pattern.compile("class (\\w+)");
  private static final Pattern PROPERTY =
      Pattern.compile("^\\| `(pgtrail\\.[a-z-]+)` \\| (?:`(.*?)`)? ?\\|", Pattern.MULTILINE);

  @Test
  void showsAnApplicationThatRuns(TestDatabase database, @TempDir Path classes) throws Exception {
    Map<String, String> properties = new HashMap<>();
    Properties shown = new Properties();
    shown.load(new StringReader(blocks("properties").get(0)));
    shown.forEach((key, value) -> properties.put((String) key, (String) value));
    compile(blocks("java"), classes);

    try (URLClassLoader loader =
            new URLClassLoader(
                new URL[] {classes.toUri().toURL()}, DocumentationTest.class.getClassLoader());
        ConfigurableApplicationContext application =
            Applications.start(
                database,
                properties,
                loader.loadClass("CustomerImport"),
                loader.loadClass("WhoIsActing"))) {
      Object customerImport = application.getBean("customerImport");
      Method run = customerImport.getClass().getDeclaredMethod("run");
      run.setAccessible(true);

      assertThat(run.invoke(customerImport)).isEqualTo(42L);
      assertThat(application.getBean(PgtrailProperties.class).capacity()).isEqualTo(20_000);
    }
    assertThat(recorded(database, "metadata ->> 'rows'")).isEqualTo("Weekly import COMPLETED 42");
  }

  @Test
  void namesEachPropertyWithItsDefault() throws Exception {
    Map<String, String> documented = new HashMap<>();
    Matcher row = PROPERTY.matcher(page());
    while (row.find()) {
      documented.put(row.group(1), String.valueOf(row.group(2)));
    }
    assertThat(documented).isEqualTo(properties());
  }

  private static Map<String, String> properties() throws Exception {
    URL metadata =
        Objects.requireNonNull(
            PgtrailProperties.class.getResource("/META-INF/spring-configuration-metadata.json"));
    Map<String, String> properties = new HashMap<>();
    Map<String, Object> all =
        JsonParserFactory.getJsonParser()
            .parseMap(new String(metadata.openStream().readAllBytes(), StandardCharsets.UTF_8));
    List<?> found = (List<?>) Objects.requireNonNull(all.get("properties"));
    for (Object each : found) {
      Map<?, ?> property = (Map<?, ?>) each;
      assertThat(property.get("description")).asString().isNotEmpty();
      properties.put(
          String.valueOf(property.get("name")), String.valueOf(property.get("defaultValue")));
    }
    return properties;
  }

  private static void compile(List<String> texts, Path classes) {
    List<JavaFileObject> sources = new ArrayList<>();
    for (String text : texts) {
      Matcher name = NAME.matcher(text);
      assertThat(name.find()).isTrue();
      sources.add(source(name.group(1), text));
    }
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    ToolProvider.getSystemJavaCompiler()
        .getTask(
            null,
            null,
            found,
            List.of("-d", classes.toString(), "-proc:none", "-parameters"),
            null,
            sources)
        .call();
    assertThat(found.getDiagnostics()).isEmpty();
  }

  private static JavaFileObject source(String name, String text) {
    return new SimpleJavaFileObject(
        URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return text;
      }
    };
  }

  private static List<String> blocks(String language) throws Exception {
    Matcher block =
        Pattern.compile("```" + language + "\\n(.*?)```", Pattern.DOTALL).matcher(page());
    List<String> blocks = new ArrayList<>();
    while (block.find()) {
      blocks.add(block.group(1));
    }
    assertThat(blocks).isNotEmpty();
    return blocks;
  }

  private static String page() throws Exception {
    return Files.readString(Path.of("..", "docs", "how-to", "track-from-spring-boot.md"));
  }
}
