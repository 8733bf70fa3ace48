package org.lines4j.dist;

import java.nio.file.Path;
import java.time.Instant;

/// Makes what people install: an archive that needs no Java, a wheel for Python, a container's
/// image.
public final class Dist {
  private Dist() {}

  /// Makes them all.
  ///
  /// @param args the source tree, the command line's build folder, the folder for what is made, the
  ///   version, and the time that files have
  public static void main(String[] args) throws Exception {
    Release release =
        new Release(
            Path.of(args[0]).toRealPath(),
            Path.of(args[1]).toRealPath(),
            Path.of(args[2]).toRealPath(),
            args[3],
            Instant.parse(args[4]));
    Path image = Image.make(release);
    made(Archive.make(release, image));
    made(Archive.make(release, release.s3(), release.name() + "-s3"));
    made(Wheel.make(release, image));
    if (Release.system().equals("linux")) {
      made(Container.make(release, image));
      made(DebianPackage.make(release, image));
    }
  }

  private static void made(Path file) {
    System.out.println("made " + file);
  }
}
