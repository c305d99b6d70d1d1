package io.pgtrail.server;

import io.pgtrail.server.security.ApiToken;
import java.io.IOException;
import java.io.InputStream;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Somebody with a browser that keeps cookies and follows nothing. */
final class Visitor {

  private static final Pattern CSRF = Pattern.compile("name=\"csrf\" value=\"([^\"]+)\"");

  private final CookieManager cookies = new CookieManager();
  private final HttpClient client =
      HttpClient.newBuilder()
          .cookieHandler(cookies)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private final URI server;

  Visitor(URI server) {
    this.server = server;
  }

  /** The same, after the sign-in. */
  Visitor signedInAs(String account) throws IOException, InterruptedException {
    HttpResponse<String> answer = signIn(account, Watched.PASSWORD);
    if (!answer.headers().firstValue("location").orElse("").endsWith("/")) {
      throw new IllegalStateException("not signed in: " + answer);
    }
    return this;
  }

  HttpResponse<String> signIn(String account, String password)
      throws IOException, InterruptedException {
    return post("/sign-in/check", Map.of("j_username", account, "j_password", password));
  }

  /** What somebody would copy. */
  String cookies() {
    return cookies.getCookieStore().getCookies().stream()
        .map(cookie -> cookie.getName() + "=" + cookie.getValue())
        .collect(Collectors.joining("; "));
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(request(path).GET());
  }

  /** The path as it stands: nobody here takes its dots and slashes away. */
  HttpResponse<String> getExactly(String path) throws IOException, InterruptedException {
    URI address = URI.create(server.getScheme() + "://" + server.getAuthority() + path);
    return send(HttpRequest.newBuilder(address).timeout(Duration.ofMinutes(1)).GET());
  }

  HttpResponse<String> getWithToken(String path, String token)
      throws IOException, InterruptedException {
    return send(request(path).header("Authorization", "Bearer " + token).GET());
  }

  /** An answer as it comes. */
  InputStream read(String path) throws IOException, InterruptedException {
    return client
        .send(request(path).GET().build(), HttpResponse.BodyHandlers.ofInputStream())
        .body();
  }

  /** Lines of a stream that goes on until it is closed. */
  Stream<String> listen(String path, String lastEvent) throws IOException, InterruptedException {
    HttpRequest.Builder request = request(path).GET();
    if (!lastEvent.isEmpty()) {
      request.header("Last-Event-ID", lastEvent);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofLines()).body();
  }

  /** The same of a program. */
  Stream<String> listenWithToken(String path, ApiToken token)
      throws IOException, InterruptedException {
    HttpRequest request =
        request(path).header("Authorization", "Bearer " + token.text()).GET().build();
    return client.send(request, HttpResponse.BodyHandlers.ofLines()).body();
  }

  HttpResponse<String> post(String path, Map<String, String> form)
      throws IOException, InterruptedException {
    String body =
        form.entrySet().stream()
            .map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
            .collect(Collectors.joining("&"));
    return send(
        request(path)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  /** Sends a document as a program does. */
  HttpResponse<String> postJson(String path, ApiToken token, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        request(path)
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + token.text())
            .POST(HttpRequest.BodyPublishers.ofString(body));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  /** Sends anything, with the cookies. */
  HttpResponse<String> postAs(String type, String path, String body)
      throws IOException, InterruptedException {
    return send(
        request(path).header("Content-Type", type).POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  HttpResponse<String> getWith(String path, String header, String value)
      throws IOException, InterruptedException {
    return send(request(path).header(header, value).GET());
  }

  /** The secret of the form on a page. */
  String csrfOf(String path) throws IOException, InterruptedException {
    Matcher matcher = CSRF.matcher(get(path).body());
    if (!matcher.find()) {
      throw new IllegalStateException("no form on " + path);
    }
    return matcher.group(1);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(server.resolve(path)).timeout(Duration.ofMinutes(1));
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
