import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.lines4j.conformance.web.Content;
import org.lines4j.conformance.web.HubServer;

/// Serves folders of this machine as the Hugging Face Hub does, for benchmarks, checks, and for
/// trying things out: FOLDER/ORG/NAME is the repository ORG/NAME, whose branch `main` has its files.
///
/// usage: tools/local-hub/start FOLDER PORT [MEGABYTES_PER_SECOND]
///
/// Prints its address. Answers each line of standard input with the bytes sent since the last, and
/// ends with it.
public final class LocalHub {
  private LocalHub() {}

  public static void main(String[] words) throws IOException {
    Link link = new Link(words.length < 3 ? 0 : Double.parseDouble(words[2]) * 1e6);
    try (HubServer server = HubServer.start(Integer.parseInt(words[1]));
        Stream<Path> organisations = Files.list(Path.of(words[0]))) {
      for (Path organisation : (Iterable<Path>) organisations.filter(Files::isDirectory)::iterator) {
        try (Stream<Path> models = Files.list(organisation)) {
          for (Path model : (Iterable<Path>) models.filter(Files::isDirectory)::iterator) {
            String name = organisation.getFileName() + "/" + model.getFileName();
            String commit = server.commit(name, files(model, link));
            System.out.println(name + " " + commit);
          }
        }
      }
      System.out.println("serving " + server.address());
      while (System.in.read() >= 0) {
        System.out.println(server.bytesSent() + " bytes sent");
        server.hub().reset();
        server.store().reset();
      }
    }
  }

  private static Map<String, Content> files(Path model, Link link) throws IOException {
    Map<String, Content> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(model, FileVisitOption.FOLLOW_LINKS)) {
      for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
        String name = model.relativize(file).toString().replace('\\', '/');
        files.put(name, new Limited(Content.of(file), link));
      }
    }
    return files;
  }

  /// What all connections share.
  private static final class Link {
    private final double bytesPerSecond;
    private double free;

    Link(double bytesPerSecond) {
      this.bytesPerSecond = bytesPerSecond;
    }

    boolean isUnlimited() {
      return bytesPerSecond <= 0;
    }

    /// Returns when so many bytes have had their turn.
    void pass(int bytes) throws IOException {
      long wait;
      synchronized (this) {
        double now = System.nanoTime() / 1e9;
        free = Math.max(free, now - 0.2) + bytes / bytesPerSecond;
        wait = (long) ((free - now) * 1e9);
      }
      try {
        if (wait > 0) {
          Thread.sleep(java.time.Duration.ofNanos(wait));
        }
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
  }

  /// Content behind a link.
  private record Limited(Content content, Link link) implements Content {
    @Override
    public long size() throws IOException {
      return content.size();
    }

    @Override
    public String digest(String algorithm, byte[] before) throws IOException {
      return content.digest(algorithm, before);
    }

    @Override
    public void writeTo(WritableByteChannel target, long from, long count) throws IOException {
      if (link.isUnlimited()) {
        content.writeTo(target, from, count);
        return;
      }
      for (long done = 0; done < count; ) {
        int piece = (int) Math.min(1 << 17, count - done);
        link.pass(piece);
        content.writeTo(target, from + done, piece);
        done += piece;
      }
    }
  }
}
