package io.pgtrail.retention;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * A compressed file of exactly one part, as {@link java.util.zip.GZIPOutputStream} writes it.
 * Java's own reader overlooks what was changed in its header or added at its end.
 */
final class GzipMember extends InputStream {

  private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0};
  private static final int CHECKSUM_AND_SIZE = 8;

  private final InputStream compressed;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 checksum = new CRC32();
  private final byte[] input = new byte[1 << 16];
  private int filled;
  private boolean ended;

  GzipMember(InputStream compressed) throws IOException {
    this.compressed = compressed;
    byte[] header = compressed.readNBytes(HEADER.length + 1);
    boolean ours =
        header.length == HEADER.length + 1
            && Arrays.equals(HEADER, Arrays.copyOf(header, HEADER.length))
            && (header[HEADER.length] == 0 || header[HEADER.length] == (byte) 0xff);
    if (!ours) {
      throw new ZipException("it does not begin as a file that pgtrail compressed");
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int read = 0;
    while (read == 0 && length > 0) {
      if (ended) {
        return -1;
      }
      read = inflate(buffer, offset, length);
      checksum.update(buffer, offset, read);
      if (inflater.finished()) {
        ended = true;
        requireEnd();
      }
    }
    return read;
  }

  private int inflate(byte[] buffer, int offset, int length) throws IOException {
    if (inflater.needsInput()) {
      filled = compressed.read(input);
      if (filled < 0) {
        throw new EOFException("it is cut off");
      }
      inflater.setInput(input, 0, filled);
    }
    try {
      return inflater.inflate(buffer, offset, length);
    } catch (DataFormatException malformed) {
      throw new ZipException("it cannot be decompressed: " + malformed.getMessage());
    }
  }

  private void requireEnd() throws IOException {
    byte[] rest = new byte[CHECKSUM_AND_SIZE + 1];
    int buffered = Math.min(inflater.getRemaining(), rest.length);
    System.arraycopy(input, filled - inflater.getRemaining(), rest, 0, buffered);
    int length = buffered + compressed.readNBytes(rest, buffered, rest.length - buffered);
    if (length < CHECKSUM_AND_SIZE) {
      throw new EOFException("it is cut off");
    }
    ByteBuffer expected = ByteBuffer.wrap(rest).order(ByteOrder.LITTLE_ENDIAN);
    if (expected.getInt() != (int) checksum.getValue()
        || expected.getInt() != (int) inflater.getBytesWritten()) {
      throw new ZipException("the checksum of its compression is wrong");
    }
    if (length > CHECKSUM_AND_SIZE) {
      throw new ZipException("something was added after its end");
    }
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    compressed.close();
  }
}
