package org.lines4j.lab.icon;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.lines4j.storage.Location;

/// The packages that pictures come from, as `packages.tsv` pins them, and where their archives are.
///
/// @param all in the order of the file
/// @param cache where archives are kept
/// @param registry where they are fetched from
record Packages(List<NpmPackage> all, Path cache, Location registry) {
  private static final String FONTS = "@expo-google-fonts/";

  static Packages in(Path cache) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(Packages.class.getResourceAsStream("packages.tsv"))) {
      List<NpmPackage> all =
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.startsWith("#"))
              .map(NpmPackage::parse)
              .toList();
      return new Packages(all, cache, NpmPackage.registry());
    }
  }

  NpmPackage named(String name) {
    return all.stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
  }

  /// Those that hold fonts.
  List<NpmPackage> fonts() {
    return all.stream()
        .filter(one -> one.name().startsWith(FONTS) || one.name().startsWith("dejavu"))
        .toList();
  }

  byte[] read(NpmPackage source) throws IOException {
    return source.read(cache, registry);
  }
}
