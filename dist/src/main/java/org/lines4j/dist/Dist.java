package org.lines4j.dist;

import java.nio.file.Path;
import java.time.Instant;
import org.lines4j.dist.site.Site;
import org.lines4j.files.FolderTree;

/// Makes what people install: an archive that needs no Java, a wheel for Python, a container's
/// image.
public final class Dist {
  private static final String ADDRESS = "address=";

  private Dist() {}

  /// Makes them all.
  ///
  /// @param args the source tree, the build folders of the command line and of the lab, the folder
  ///   for what is made, the version, the time that files have, and `address=` with the public
  ///   repository's
  public static void main(String[] args) throws Exception {
    Release release =
        new Release(
            Path.of(args[0]).toRealPath(),
            Path.of(args[1]).toRealPath(),
            Path.of(args[2]).toRealPath(),
            Path.of(args[3]).toRealPath(),
            args[4],
            Instant.parse(args[5]),
            args[6].substring(ADDRESS.length()));
    Path site = release.target().resolve("site");
    FolderTree.delete(site);
    Site.make(release.root(), site, release.version());
    made(site);
    Path image = Image.make(release);
    made(Archive.make(release, image));
    made(Wheel.make(release, image));
    made(JbangCatalog.make(release));
    if (!release.address().isEmpty()) {
      made(Formula.make(release));
    }
    if (Release.system().equals("linux")) {
      made(Container.make(release, image));
      made(DebianPackage.make(release, image));
    }
  }

  private static void made(Path file) {
    System.out.println("made " + file);
  }
}
