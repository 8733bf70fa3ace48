package org.lines4j.lab.icon;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.error.InputException;
import org.lines4j.error.PlaceException;
import org.lines4j.storage.Location;

/// A folder stands for the registry.
class NpmPackageTest {
  @TempDir private Path folder;
  private byte[] archive = {};
  private NpmPackage tiny = new NpmPackage("", "", 0, "", "");
  private Path registry = Path.of("");
  private Path cache = Path.of("");

  @BeforeEach
  void publish() throws IOException {
    archive = TinyPackages.archive(Map.of("package/a.txt", TinyPackages.utf8("a")));
    tiny = TinyPackages.pin("@tiny/icons", archive);
    registry = folder.resolve("registry");
    cache = folder.resolve("cache/icons");
    Path there = registry.resolve("@tiny/icons/-/icons-1.0.0.tgz");
    Files.createDirectories(there.getParent());
    Files.write(there, archive);
  }

  private byte[] read() throws IOException {
    return tiny.read(cache, Location.of(registry));
  }

  @Test
  void anArchiveIsFetchedOnceAndKept() throws IOException {
    assertArrayEquals(archive, read());
    Files.delete(registry.resolve("@tiny/icons/-/icons-1.0.0.tgz"));
    assertArrayEquals(archive, read());
    assertArrayEquals(archive, Files.readAllBytes(cache.resolve("tiny-icons-1.0.0.tgz")));
  }

  @Test
  void whatCannotBeFetchedIsNamedWithItsAddressAndWhatToDo() throws IOException {
    Path there = registry.resolve("@tiny/icons/-/icons-1.0.0.tgz");
    Files.delete(there);
    String message = String.valueOf(assertThrows(PlaceException.class, this::read).getMessage());
    assertTrue(message.startsWith(there + ": cannot be fetched"), message);
    assertTrue(message.contains("npm pack @tiny/icons@1.0.0"), message);
  }

  @Test
  void anArchiveOfOtherBytesIsRefusedAndNotKept() throws IOException {
    archive[archive.length - 9] ^= 1;
    Files.write(registry.resolve("@tiny/icons/-/icons-1.0.0.tgz"), archive);
    String message = String.valueOf(assertThrows(InputException.class, this::read).getMessage());
    assertTrue(message.contains("SHA-512"), message);
    assertFalse(Files.exists(cache));
  }

  @Test
  void nothingLargerThanPinnedIsFetched() throws IOException {
    Files.write(registry.resolve("@tiny/icons/-/icons-1.0.0.tgz"), new byte[archive.length + 1]);
    String message = String.valueOf(assertThrows(InputException.class, this::read).getMessage());
    assertTrue(message.contains("its size"), message);
  }

  @Test
  void whatAKeptArchiveHasBecomeIsSaid() throws IOException {
    read();
    Path kept = cache.resolve("tiny-icons-1.0.0.tgz");
    archive[20] ^= 1;
    Files.write(kept, archive);
    String message = String.valueOf(assertThrows(InputException.class, this::read).getMessage());
    assertTrue(message.startsWith(kept.toString()), message);
    assertTrue(message.contains("remove it"), message);
  }

  @Test
  void theAddressesAreThoseOfTheRegistry() throws IOException {
    Packages packages = Packages.in(cache);
    Location registry = Location.parse("https://registry.example");
    assertEquals(
        "https://registry.example/@iconify-json/mdi/-/mdi-1.2.3.tgz",
        packages.named("@iconify-json/mdi").address(registry).text());
    assertEquals(
        "https://registry.example/emoji-datasource/-/emoji-datasource-16.0.0.tgz",
        packages.named("emoji-datasource").address(registry).text());
  }

  @Test
  void everyPackageIsPinnedOnceWithALicence() throws IOException {
    Set<String> names = new HashSet<>();
    for (NpmPackage one : Packages.in(cache).all()) {
      assertTrue(names.add(one.name()), one.name());
      assertEquals(88, one.sha512().length(), one.name());
      assertTrue(one.bytes() > 10_000 && one.bytes() < 30_000_000, one.name());
      assertFalse(one.licence().isEmpty(), one.name());
      assertFalse(one.name().contains("openmoji"), "CC-BY-SA is not wanted");
    }
  }
}
