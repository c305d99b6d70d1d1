package io.pgtrail.retention;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;

/** What is between an archive and its file: as it is here, the operating system alone. */
class Disk {

  /** The stream that takes what is written. */
  OutputStream to(FileChannel file) {
    return Channels.newOutputStream(file);
  }

  /** Comes back once what was written survives a loss of power. */
  void sync(FileChannel file) throws IOException {
    file.force(true);
  }
}
