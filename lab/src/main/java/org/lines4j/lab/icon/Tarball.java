package org.lines4j.lab.icon;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.lines4j.error.InputException;

/// Files of a compressed tar, as npm packs them: 512-byte headers, each before a file's bytes.
final class Tarball {
  private static final int BLOCK = 512;
  private static final int NAME = 100;
  private static final int SIZE = 124;
  private static final int SIZE_DIGITS = 12;
  private static final int PREFIX = 345;
  private static final int PREFIX_LENGTH = 155;

  private final Object place;
  private final InputStream in;

  private Tarball(Object place, InputStream in) {
    this.place = place;
    this.in = in;
  }

  /// The files that are wanted, by name.
  ///
  /// @param place what messages call the archive
  /// @param wanted told each name once
  /// @param most the bytes that all of them may have together
  /// @throws InputException if the archive is malformed, or they are larger
  static Map<String, byte[]> files(Object place, byte[] archive, Predicate<String> wanted, int most)
      throws IOException {
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(archive), 1 << 16)) {
      return new Tarball(place, in).read(wanted, most);
    } catch (EOFException e) {
      throw new InputException(place, "ends within a file");
    } catch (ZipException e) {
      throw new InputException(place, "is no archive: " + e.getMessage());
    }
  }

  /// The one file of that name.
  ///
  /// @throws InputException if it is not there, too
  static byte[] file(Object place, byte[] archive, String name, int most) throws IOException {
    byte[] file = files(place, archive, name::equals, most).get(name);
    if (file == null) {
      throw new InputException(place, "lacks " + name);
    }
    return file;
  }

  private Map<String, byte[]> read(Predicate<String> wanted, int most) throws IOException {
    Map<String, byte[]> found = new TreeMap<>();
    long left = most;
    while (true) {
      byte[] header = in.readNBytes(BLOCK);
      if (header.length == 0 || (header.length == BLOCK && header[0] == 0)) {
        return found;
      }
      if (header.length < BLOCK) {
        throw new EOFException();
      }
      long size = size(header);
      String name = name(header);
      if (wanted.test(name)) {
        left -= size;
        if (left < 0) {
          throw new InputException(
              place, "%s: there are more than %d bytes of its kind".formatted(name, most));
        }
        found.put(name, in.readNBytes((int) size));
        in.skipNBytes(padding(size));
      } else {
        in.skipNBytes(size + padding(size));
      }
    }
  }

  private static long padding(long size) {
    return -size & (BLOCK - 1);
  }

  /// Octal, between spaces and zeros.
  private long size(byte[] header) {
    String digits = text(header, SIZE, SIZE_DIGITS).strip();
    if (!digits.matches("[0-7]+")) {
      throw new InputException(place, "has a header without a size");
    }
    return Long.parseLong(digits, 8);
  }

  private static String name(byte[] header) {
    String name = text(header, 0, NAME);
    String prefix = text(header, PREFIX, PREFIX_LENGTH);
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private static String text(byte[] header, int from, int length) {
    int end = from;
    while (end < from + length && header[end] != 0) {
      end++;
    }
    return new String(header, from, end - from, StandardCharsets.UTF_8);
  }
}
