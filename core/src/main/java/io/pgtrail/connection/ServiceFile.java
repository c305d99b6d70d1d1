package io.pgtrail.connection;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A file like {@code ~/.pg_service.conf}: sections of {@code keyword=value}, each a service. */
record ServiceFile(Path path) {

  /** The parameters of a service; empty when the file does not define it. */
  Optional<Map<String, String>> service(String name) throws IOException {
    if (!Files.isReadable(path)) {
      return Optional.empty();
    }
    Map<String, String> parameters = null;
    for (String line : Files.readAllLines(path)) {
      String text = line.strip();
      if (text.startsWith("[")) {
        if (parameters != null) {
          break;
        }
        parameters = text.equals("[" + name + "]") ? new LinkedHashMap<>() : null;
      } else if (parameters != null && !text.startsWith("#") && text.contains("=")) {
        int equals = text.indexOf('=');
        parameters.put(text.substring(0, equals).strip(), text.substring(equals + 1).strip());
      }
    }
    return Optional.ofNullable(parameters);
  }
}
