package org.lines4j.lab.icon;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Objects;
import org.lines4j.error.InputException;
import org.lines4j.error.PlaceException;
import org.lines4j.error.Problem;
import org.lines4j.error.Remedy;
import org.lines4j.files.AtomicFile;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storages;

/// A package of the npm registry, by what it holds. It is fetched once, and checked whenever it is
/// read.
///
/// @param name such as `@iconify-json/mdi`
/// @param version the only one that is taken
/// @param bytes how large its archive is: nothing larger is fetched
/// @param sha512 of its archive in Base64, as `npm view NAME dist.integrity` says behind `sha512-`
/// @param licence of what is in it
record NpmPackage(String name, String version, int bytes, String sha512, String licence) {
  /// Names another registry, as for npm itself.
  private static final String REGISTRY = "npm_config_registry";

  /// A line of `packages.tsv`.
  static NpmPackage parse(String line) {
    String[] fields = line.split("\t", -1);
    return new NpmPackage(fields[0], fields[1], Integer.parseInt(fields[2]), fields[3], fields[4]);
  }

  /// The registry that everybody uses, or the mirror that npm would use.
  static Location registry() {
    return Location.parse(
        Objects.requireNonNullElse(System.getenv(REGISTRY), "https://registry.npmjs.org"));
  }

  /// What `npm pack` calls its archive.
  String file() {
    return "%s-%s.tgz".formatted(name.replace("@", "").replace('/', '-'), version);
  }

  /// Where a registry has its archive.
  Location address(Location registry) {
    String last = name.substring(name.indexOf('/') + 1);
    return registry.child("%s/-/%s-%s.tgz".formatted(name, last, version));
  }

  /// Its archive, a compressed tar.
  ///
  /// @param cache where it lies, or will lie; whatever `npm pack` has put there is taken
  /// @throws PlaceException if it is not there and cannot be fetched
  /// @throws InputException if it is another one
  byte[] read(Path cache, Location registry) throws IOException {
    Path kept = cache.resolve(file());
    if (Files.exists(kept)) {
      if (Files.size(kept) != bytes) {
        throw InputException.expected(kept, "its size", bytes, Files.size(kept))
            .withRemedy("remove it: it will be fetched again");
      }
      byte[] archive = Files.readAllBytes(kept);
      check(kept, archive, "remove it: it will be fetched again");
      return archive;
    }
    byte[] archive = fetch(address(registry), cache);
    check(address(registry), archive, "the registry, or what is between, gives something else");
    Files.createDirectories(cache);
    AtomicFile.write(kept, archive);
    return archive;
  }

  private byte[] fetch(Location from, Path cache) throws IOException {
    try (ByteSource source = Storages.of(from).open(from)) {
      if (source.size() != bytes) {
        throw InputException.expected(from, "its size", bytes, source.size());
      }
      byte[] archive = new byte[bytes];
      int piece = source.request();
      for (int at = 0; at < bytes; at += piece) {
        int count = Math.min(piece, bytes - at);
        source.read(at, MemorySegment.ofArray(archive).asSlice(at, count));
      }
      return archive;
    } catch (IOException e) {
      PlaceException wrong =
          new PlaceException(
              Problem.of("%s: cannot be fetched (%s)".formatted(from, e.getMessage()))
                  .withRemedy(
                      Remedy.of(
                          "put into %s what npm pack %s@%s makes, or name a mirror by %s"
                              .formatted(cache, name, version, REGISTRY))));
      wrong.initCause(e);
      throw wrong;
    }
  }

  private void check(Object place, byte[] archive, String advice) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-512").digest(archive);
      String found = Base64.getEncoder().encodeToString(hash);
      if (!found.equals(sha512)) {
        throw InputException.expected(place, "its SHA-512", sha512, found).withRemedy(advice);
      }
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-512", e);
    }
  }

  @Override
  public String toString() {
    return name + " " + version;
  }
}
