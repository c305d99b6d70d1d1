package io.pgtrail.logs;

/** How a server writes its log, among the ways that can be read. */
enum LogFormat {
  JSONLOG {
    @Override
    RecordScanner scanner(RecordScanner.Sink sink) {
      return new JsonScanner(sink);
    }
  },
  CSVLOG {
    @Override
    RecordScanner scanner(RecordScanner.Sink sink) {
      return new CsvScanner(sink);
    }
  };

  /** Cuts what is written so. */
  abstract RecordScanner scanner(RecordScanner.Sink sink);

  /** By the first byte of a log. */
  static LogFormat beginningWith(int first) {
    return first == '{' ? JSONLOG : CSVLOG;
  }

  /** By the name in {@code log_destination}. */
  static LogFormat named(String destination) {
    return destination.equals("jsonlog") ? JSONLOG : CSVLOG;
  }
}
