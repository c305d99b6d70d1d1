package io.pgtrail.server.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtrail.error.PgtrailException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where webhooks lead to, and where not. */
class DestinationsTest {

  private final List<String> asked = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://169.254.169.254/latest/meta-data/",
        "http://169.254.169.254/",
        "https://[::ffff:169.254.169.254]/",
        "https://[::ffff:a9fe:a9fe]/",
        "https://[::169.254.169.254]/",
        "https://[64:ff9b::a9fe:a9fe]/",
        "https://[2002:a9fe:a9fe::]/",
        "https://[2001:0:a9fe:a9fe::]/",
        "https://[fd00:ec2::254]/",
        "https://[fe80::1]/",
        "https://[::1]/",
        "https://[::]/",
        "https://2852039166/",
        "https://0xA9FEA9FE/",
        "https://0xA9.0xFE.0xA9.0xFE/",
        "https://0251.0376.0251.0376/",
        "https://169.254.43518/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://0/",
        "https://0.0.0.0/",
        "https://10.0.0.1/",
        "https://100.64.0.1/",
        "https://172.31.255.255/",
        "https://192.168.1.1/",
        "https://198.18.0.1/",
        "https://224.0.0.1/",
        "https://255.255.255.255/",
        "https://169.254.169.254./",
        "https://169.254.169.254:443@8.8.8.8/",
        "https://8.8.8.8@169.254.169.254/",
        "https:169.254.169.254",
        "https:///169.254.169.254/",
        "https://8.8.8.8:0/",
        "gopher://8.8.8.8/",
        "file:///etc/passwd",
        "https://8.8.8.8\\@169.254.169.254/",
        ""
      })
  void whateverIsNotOfThePublicInternetIsRefusedHoweverItIsWritten(String url) {
    Destinations destinations =
        new Destinations(List.of("*"), List.of(), InetAddress::getAllByName);

    assertThatThrownBy(() -> destinations.check(url)).isInstanceOf(PgtrailException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"169.254.169.254", "93.184.215.14 10.0.0.1", "127.0.0.1", "fd00:ec2::254"})
  void aNameThatStandsForAForbiddenAddressIsRefusedWhateverElseItStandsFor(String addresses) {
    assertThatThrownBy(() -> anyHost(addresses.split(" ", -1)).check("https://hooks.example.com/"))
        .isInstanceOf(PgtrailException.class)
        .hasMessageContaining("not public");
  }

  @Test
  void aNameIsAskedForOnceAndTheAddressThatWasCheckedIsTheOneToConnectTo() {
    List<String> answers = new ArrayList<>(List.of("93.184.215.14", "169.254.169.254"));
    Destinations destinations =
        new Destinations(
            List.of("*"),
            List.of(),
            host -> new InetAddress[] {InetAddress.getByName(answers.remove(0))});

    Destination destination = destinations.check("https://hooks.example.com/services/x?y=zé");

    assertThat(destination.address().getAddress().getHostAddress()).isEqualTo("93.184.215.14");
    assertThat(destination.address().getPort()).isEqualTo(443);
    assertThat(destination.host()).isEqualTo("hooks.example.com");
    assertThat(destination.tls()).isTrue();
    assertThat(destination.target()).isEqualTo("/services/x?y=z%C3%A9");
    assertThat(answers).containsExactly("169.254.169.254");
  }

  @ParameterizedTest
  @CsvSource({
    "hooks.slack.com, hooks.slack.com, true",
    "hooks.slack.com, HOOKS.Slack.com., true",
    "hooks.slack.com, evil.hooks.slack.com, false",
    "hooks.slack.com, hooks.slack.com.evil.example, false",
    "*.example.com, a.b.example.com, true",
    "*.example.com, example.com, false",
    "*.example.com, evilexample.com, false",
    "*, anything.example, true",
    "'', hooks.slack.com, false"
  })
  void onlyAllowedHostsAreAskedFor(String allowed, String host, boolean isAllowed) {
    Destinations destinations =
        new Destinations(
            allowed.isEmpty() ? List.of() : List.of(allowed), List.of(), fixed("93.184.215.14"));

    if (isAllowed) {
      assertThat(destinations.check("https://" + host + "/").host()).isEqualTo(host);
    } else {
      assertThatThrownBy(() -> destinations.check("https://" + host + "/"))
          .hasMessageContaining("is not allowed");
      assertThat(asked).isEmpty();
    }
  }

  @Test
  void intoThePublicInternetNothingGoesUnencrypted() {
    assertThatThrownBy(() -> anyHost("93.184.215.14").check("http://hooks.example.com/"))
        .hasMessageContaining("not of https");
    assertThat(
            anyHost("2606:4700::1111").check("https://hooks.example.com:8443/").address().getPort())
        .isEqualTo(8443);
  }

  @Test
  void aNetworkOfOnesOwnIsAllowedWhenItIsConfigured() {
    Destinations destinations =
        new Destinations(
            List.of("*"),
            List.of(Network.parse("10.1.0.0/16"), Network.parse("fd00:1::/32")),
            InetAddress::getAllByName);

    assertThat(destinations.check("http://10.1.255.7/x").tls()).isFalse();
    assertThat(destinations.check("http://[fd00:1::5]:8080/").address().getPort()).isEqualTo(8080);
    assertThatThrownBy(() -> destinations.check("http://10.2.0.1/"))
        .isInstanceOf(PgtrailException.class);
    assertThatThrownBy(() -> destinations.check("http://[fd00:2::5]/"))
        .isInstanceOf(PgtrailException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "10.0.0.0", "10.0.0.0/33", "fd00::/129", "localhost/8", "10.0.0.0/-1"})
  void whatIsNoNetworkIsRefused(String text) {
    assertThatThrownBy(() -> Network.parse(text)).isInstanceOf(PgtrailException.class);
  }

  private Destinations anyHost(String... addresses) {
    return new Destinations(List.of("*"), List.of(), fixed(addresses));
  }

  private Destinations.Resolver fixed(String... addresses) {
    return host -> {
      asked.add(host);
      return Arrays.stream(addresses).map(DestinationsTest::address).toArray(InetAddress[]::new);
    };
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException impossible) {
      throw new IllegalArgumentException(impossible);
    }
  }
}
