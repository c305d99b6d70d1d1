package io.pgtrail.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Somebody who is signed in, as a browser would behave. */
final class PageReader {

  static final Duration PAUSE = Duration.ofSeconds(5);

  private static final List<String> PAGES =
      List.of("", "/operations", "", "/operations?status=FAILED", "", "/schema", "", "/health");
  private static final Pattern STARTED = Pattern.compile("\"started_at\":\"([^\"]+)\"");
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();

  private final URI target;
  private final String session;

  private PageReader(URI target, String session) {
    this.target = target;
    this.session = session;
  }

  /**
   * How long each thing took that was seen.
   *
   * @param errors answers that were none
   */
  record Seen(List<Double> millis, int errors) {

    static Seen all(List<Future<Seen>> each) throws InterruptedException, ExecutionException {
      List<Double> millis = new ArrayList<>();
      int errors = 0;
      for (Future<Seen> one : each) {
        millis.addAll(one.get().millis());
        errors += one.get().errors();
      }
      Collections.sort(millis);
      return new Seen(millis, errors);
    }

    double percentile(double fraction) {
      return millis.isEmpty() ? 0 : millis.get((int) (fraction * (millis.size() - 1)));
    }
  }

  /** Signs in; every reader has a session of its own. */
  static PageReader signedIn(URI target, String account, String password)
      throws IOException, InterruptedException {
    String form =
        "j_username="
            + account
            + "&j_password="
            + URLEncoder.encode(password, StandardCharsets.UTF_8);
    HttpResponse<Void> answer =
        CLIENT.send(
            HttpRequest.newBuilder(target.resolve("/sign-in/check"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build(),
            HttpResponse.BodyHandlers.discarding());
    String cookies =
        answer.headers().allValues("set-cookie").stream()
            .map(cookie -> cookie.split(";", 2)[0])
            .collect(Collectors.joining("; "));
    if (!cookies.contains("pgtrail-session=")) {
      throw new IllegalStateException("Not signed in: " + answer);
    }
    return new PageReader(target, cookies);
  }

  /**
   * Goes from page to page.
   *
   * @param start so long after the others
   * @param counted from when on pages count; errors always do
   */
  Seen read(Duration start, Instant counted, Instant end) throws InterruptedException {
    List<Double> millis = new ArrayList<>();
    int errors = 0;
    Thread.sleep(start.toMillis());
    for (int i = 0; Instant.now().isBefore(end); i++) {
      long begin = System.nanoTime();
      try {
        HttpResponse<String> page =
            CLIENT.send(
                request(PAGES.get(i % PAGES.size())).build(), HttpResponse.BodyHandlers.ofString());
        if (page.statusCode() != 200) {
          errors++;
        }
      } catch (IOException failure) {
        errors++;
      }
      long nanos = System.nanoTime() - begin;
      if (Instant.now().isAfter(counted)) {
        millis.add(nanos / 1e6);
      }
      Thread.sleep(Math.max(0, PAUSE.toMillis() - nanos / 1_000_000));
    }
    return new Seen(millis, errors);
  }

  /** Listens to the events; each took as long as its operation began ago. */
  Seen listen(Instant counted, Instant end) throws InterruptedException {
    List<Double> millis = new ArrayList<>();
    try {
      HttpResponse<Stream<String>> events =
          CLIENT.send(
              HttpRequest.newBuilder(
                      target.resolve("/api/v1/targets" + target.getPath().substring(2) + "/events"))
                  .header("Cookie", session)
                  .build(),
              HttpResponse.BodyHandlers.ofLines());
      try (Stream<String> lines = events.body()) {
        for (Iterator<String> all = lines.iterator();
            Instant.now().isBefore(end) && all.hasNext(); ) {
          Matcher started = STARTED.matcher(all.next());
          if (started.find() && Instant.now().isAfter(counted)) {
            millis.add(
                Duration.between(Instant.parse(started.group(1)), Instant.now()).toNanos() / 1e6);
          }
        }
      }
      return new Seen(millis, events.statusCode() == 200 ? 0 : 1);
    } catch (IOException | UncheckedIOException failure) {
      return new Seen(millis, 1);
    }
  }

  private HttpRequest.Builder request(String page) {
    return HttpRequest.newBuilder(URI.create(target + page)).header("Cookie", session);
  }
}
