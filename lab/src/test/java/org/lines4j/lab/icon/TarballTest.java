package org.lines4j.lab.icon;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.lines4j.error.InputException;

class TarballTest {
  private static final Map<String, byte[]> FILES = files();

  private static Map<String, byte[]> files() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    Random random = new Random(1);
    for (int size : new int[] {0, 1, 511, 512, 513, 5000}) {
      byte[] bytes = new byte[size];
      random.nextBytes(bytes);
      files.put("package/" + size, bytes);
    }
    return files;
  }

  @Test
  void filesOfAllSizesAreRead() throws IOException {
    byte[] archive = TinyPackages.archive(FILES);
    Map<String, byte[]> read = Tarball.files("here", archive, _ -> true, 10_000);
    assertEquals(FILES.keySet(), Set.copyOf(read.keySet()));
    FILES.forEach((name, bytes) -> assertArrayEquals(bytes, read.get(name)));
    assertArrayEquals(FILES.get("package/513"), Tarball.file("here", archive, "package/513", 513));
  }

  @Test
  void sizesBetweenSpacesAreRead() throws IOException {
    byte[] archive = TinyPackages.archive(Map.of("a", new byte[9]));
    byte[] plain = new GZIPInputStream(new ByteArrayInputStream(archive)).readAllBytes();
    System.arraycopy(TinyPackages.utf8("      11 \0"), 0, plain, 124, 10);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
      zip.write(plain);
    }
    assertEquals(9, Tarball.file("here", out.toByteArray(), "a", 9).length);
  }

  @Test
  void whatIsMissingOrTooLargeIsNamed() throws IOException {
    byte[] archive = TinyPackages.archive(FILES);
    assertEquals(
        "here: lacks package/7",
        assertThrows(InputException.class, () -> Tarball.file("here", archive, "package/7", 9))
            .getMessage());
    assertThrows(InputException.class, () -> Tarball.file("here", archive, "package/513", 512));
  }

  @Test
  void cutAndChangedArchivesAreInputErrors() throws IOException {
    byte[] archive = TinyPackages.archive(FILES);
    for (int end : new int[] {0, 1, 10, 100, archive.length - 1, archive.length - 9}) {
      byte[] cut = Arrays.copyOf(archive, end);
      assertThrows(InputException.class, () -> Tarball.file("here", cut, "package/none", 10_000));
    }
    for (int i = 0; i < archive.length; i += 7) {
      byte[] changed = archive.clone();
      changed[i] ^= 0x55;
      assertDoesNotThrow(() -> readOrRefuse(changed), "byte " + i);
    }
  }

  /// Some bytes may change unseen: a package's SHA-512 tells.
  private static void readOrRefuse(byte[] archive) throws IOException {
    try {
      Tarball.files("here", archive, _ -> true, 10_000);
    } catch (InputException e) {
      assertTrue(String.valueOf(e.getMessage()).startsWith("here: "), e.getMessage());
    }
  }
}
