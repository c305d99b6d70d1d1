package io.pgtrail.logs;

import java.nio.charset.StandardCharsets;

/** Cuts jsonlog. A record is a line, so after a damaged one the next is whole again. */
final class JsonScanner extends RecordScanner {

  /** Far more than the texts of a record can be. */
  private static final int LONGEST_RECORD = 1 << 22;

  private static final int STATE_LENGTH = 5;
  private static final int HEX_DIGITS = 4;

  /** No quote in a text is without a backslash, so that none of these is in one. */
  private static final byte[] STATE = ",\"state_code\":\"".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] MESSAGE = ",\"message\":\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SUCCESS = "00000".getBytes(StandardCharsets.US_ASCII);

  private boolean inText;
  private boolean escaped;
  private int hexDigits;
  private boolean tooLong;

  JsonScanner(Sink sink) {
    super(sink);
  }

  @Override
  void next(byte b) {
    if (b == '\n') {
      end();
    } else if (length() >= LONGEST_RECORD) {
      tooLong = true;
    } else if (inText) {
      inText(b);
    } else if (b != '\r') {
      inText = b == '"';
      append(b);
    }
  }

  private void inText(byte b) {
    if (escaped) {
      escaped = false;
      hexDigits = b == 'u' ? HEX_DIGITS : 0;
      appendToText(b, false);
    } else if (hexDigits > 0) {
      hexDigits--;
      appendToText(b, false);
    } else if (b == '"') {
      endText();
      append(b);
      inText = false;
    } else {
      escaped = b == '\\';
      appendToText(b, (b & 0xC0) != 0x80);
    }
  }

  private void end() {
    if (length() > 0) {
      endRecord(!inText && !tooLong && text()[0] == '{');
    }
    inText = false;
    escaped = false;
    hexDigits = 0;
    tooLong = false;
  }

  @Override
  boolean matters() {
    int message = Relevance.find(MESSAGE, text(), 0, length());
    if (message < 0) {
      return true;
    }
    int state = Relevance.find(STATE, text(), 0, length());
    return state < 0
        ? Relevance.matters(SUCCESS, 0, STATE_LENGTH, text(), message, length())
        : Relevance.matters(text(), state, state + STATE_LENGTH, text(), message, length());
  }
}
