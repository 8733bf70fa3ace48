package org.lines4j.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.lines4j.files.Digests;

/// Homebrew's formula, for the archives of this version that lie where they are made: this
/// machine's, and those that were copied there from others.
final class Formula {
  private static final List<String> SYSTEMS = List.of("macos", "linux");
  private static final List<String> PROCESSORS = List.of("arm64", "x64");

  private Formula() {}

  static Path make(Release release) throws IOException {
    StringBuilder formula =
        new StringBuilder(
            """
            class Lines < Formula
              desc "Edit and merge fine-tuned models by depth (LiNeS)"
              homepage "%s"
              version "%s"
              license "Apache-2.0"

            """
                .formatted(release.address(), release.version()));
    for (String system : SYSTEMS) {
      StringBuilder archives = new StringBuilder();
      for (String processor : PROCESSORS) {
        archives.append(archive(release, system, processor));
      }
      if (!archives.isEmpty()) {
        formula.append("  on_%s do\n%s  end\n\n".formatted(system, archives));
      }
    }
    formula.append(
        """
          def install
            libexec.install Dir["*"]
            bin.install_symlink libexec/"bin/lines"
            man1.install Dir[libexec/"share/man/man1/*"]
            bash_completion.install libexec/"share/completions/lines.bash" => "lines"
            zsh_completion.install libexec/"share/completions/_lines"
            fish_completion.install libexec/"share/completions/lines.fish"
          end

          test do
            assert_match version.to_s, shell_output("#{bin}/lines --version")
          end
        end
        """);
    Path file = release.target().resolve("lines.rb");
    Files.writeString(file, formula);
    return file;
  }

  private static String archive(Release release, String system, String processor)
      throws IOException {
    String name = "lines-%s-%s-%s.tar.gz".formatted(release.version(), system, processor);
    Path archive = release.target().resolve(name);
    if (!Files.exists(archive)) {
      return "";
    }
    return """
        on_%s do
          url "%s/releases/download/v%s/%s"
          sha256 "%s"
        end
    """
        .formatted(
            processor.equals("arm64") ? "arm" : "intel",
            release.address(),
            release.version(),
            name,
            Digests.sha256(Files.readAllBytes(archive)));
  }
}
