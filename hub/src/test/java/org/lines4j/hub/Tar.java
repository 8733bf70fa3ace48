package org.lines4j.hub;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/// Unpacks a `.tar.gz` of files, folders and links, as GNU tar writes it.
final class Tar {
  private static final int BLOCK = 512;

  private Tar() {}

  static void unpack(InputStream packed, Path folder) throws IOException {
    String longName = "";
    String longLink = "";
    try (DataInputStream in = new DataInputStream(new GZIPInputStream(packed))) {
      byte[] header = new byte[BLOCK];
      for (in.readFully(header); header[0] != 0; in.readFully(header)) {
        String name = longName.isEmpty() ? text(header, 0, 100) : longName;
        String link = longLink.isEmpty() ? text(header, 157, 100) : longLink;
        int size = Integer.parseInt(text(header, 124, 12).strip(), 8);
        byte[] content = in.readNBytes(size);
        in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
        longName = header[156] == 'L' ? text(content, 0, size) : "";
        longLink = header[156] == 'K' ? text(content, 0, size) : header[156] == 'L' ? longLink : "";
        Path place = folder.resolve(name);
        switch (header[156]) {
          case '5' -> Files.createDirectories(place);
          case '2' -> Files.createSymbolicLink(place, Path.of(link));
          case '0' -> Files.write(place, content);
          default -> {}
        }
      }
    }
  }

  private static String text(byte[] bytes, int from, int most) {
    int end = from;
    while (end < from + most && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, from, end - from, StandardCharsets.UTF_8);
  }
}
