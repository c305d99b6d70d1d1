package io.pgtrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SafeTextTest {

  @Test
  void showsControlCharactersInsteadOfSendingThem() {
    assertThat(SafeText.line("a\u001b[31m\n\t\r\u007f\u009b\u202e\u2028é€😀"))
        .isEqualTo("a\\x1b[31m\\n\\t\\r\\x7f\\x9b\\u202e\\u2028é€😀");
    assertThat(SafeText.lines("a\n\tb\u0007")).isEqualTo("a\n\tb\\x07");
  }

  @Test
  void shortensToColumnsOfTheTerminal() {
    assertThat(SafeText.shorten("abcdef", 6)).isEqualTo("abcdef");
    assertThat(SafeText.shorten("abcdef", 4)).isEqualTo("abc…");
    assertThat(SafeText.shorten("漢字漢字", 5)).isEqualTo("漢字…");
    assertThat(SafeText.shorten("😀😀😀", 4)).isEqualTo("😀…");
    assertThat(SafeText.width("e\u0301")).isEqualTo(1);
  }

  @Test
  void wrapsBetweenWordsWherePossible() {
    assertThat(SafeText.wrap("to be read", 10)).containsExactly("to be read");
    assertThat(SafeText.wrap("to be read to its end", 8))
        .containsExactly("to be", "read to", "its end");
    assertThat(SafeText.wrap("abcdefgh", 3)).containsExactly("abc", "def", "gh");
    assertThat(SafeText.wrap("漢字漢", 1)).containsExactly("漢", "字", "漢");
    assertThat(SafeText.wrap("", 5)).containsExactly("");
  }
}
