package org.lines4j.lab.icon;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.lines4j.files.AtomicFile;
import org.lines4j.files.Digests;
import org.lines4j.lab.icon.PictureTask.Example;

/// Tasks with their pictures, kept so that they are drawn once. A file that is damaged, or of other
/// packages or another way to draw, is as none.
final class PictureFile {
  /// Another one when a picture or a choice of pictures changes.
  private static final int DRAWING = 2;

  private static final int MAGIC = 0x69636f6e;
  private static final int BUFFER = 1 << 16;

  private PictureFile() {}

  /// The file for packages, in their cache.
  static Path in(Packages packages) {
    String known = DRAWING + " " + packages.all();
    return packages
        .cache()
        .resolve("pictures-%s.bin".formatted(Digests.sha256(known).substring(0, 12)));
  }

  static void write(Path file, List<PictureTask> tasks) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(new Fast(bytes), BUFFER))) {
      out.writeInt(MAGIC);
      out.writeInt(tasks.size());
      for (PictureTask task : tasks) {
        out.writeUTF(task.name());
        out.writeUTF(task.question());
        out.writeUTF(task.source());
        out.writeInt(task.classes().size());
        for (String name : task.classes()) {
          out.writeUTF(name);
        }
        write(out, task.examples());
        out.writeInt(task.drawnByOthers().size());
        for (Map.Entry<String, List<Example>> others : task.drawnByOthers().entrySet()) {
          out.writeUTF(others.getKey());
          write(out, others.getValue());
        }
      }
      out.writeInt(MAGIC);
    }
    AtomicFile.write(file, bytes.toByteArray());
  }

  private static void write(DataOutputStream out, List<Example> examples) throws IOException {
    out.writeInt(examples.size());
    for (Example example : examples) {
      out.writeUTF(example.group());
      out.writeInt(example.label());
      out.write(example.picture().bytes());
    }
  }

  /// What was written; empty if it is not there whole.
  static Optional<List<PictureTask>> read(Path file) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (DataInputStream in =
        new DataInputStream(
            new BufferedInputStream(
                new GZIPInputStream(Files.newInputStream(file), BUFFER), BUFFER))) {
      if (in.readInt() != MAGIC) {
        return Optional.empty();
      }
      List<PictureTask> tasks = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        tasks.add(task(in));
      }
      return in.readInt() == MAGIC && in.read() < 0 ? Optional.of(tasks) : Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty(); // they are drawn anew
    }
  }

  private static PictureTask task(DataInputStream in) throws IOException {
    String name = in.readUTF();
    String question = in.readUTF();
    String source = in.readUTF();
    List<String> classes = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      classes.add(in.readUTF());
    }
    List<Example> examples = examples(in);
    Map<String, List<Example>> others = new TreeMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      others.put(in.readUTF(), examples(in));
    }
    return new PictureTask(name, question, source, classes, examples, others);
  }

  private static List<Example> examples(DataInputStream in) throws IOException {
    List<Example> examples = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      String group = in.readUTF();
      int label = in.readInt();
      byte[] values = new byte[Picture.CHANNELS * Picture.PIXELS];
      in.readFully(values);
      examples.add(new Example(group, label, Picture.ofBytes(values)));
    }
    return examples;
  }

  /// Pictures are mostly white: the fastest compression makes a tenth of them.
  private static final class Fast extends GZIPOutputStream {
    Fast(ByteArrayOutputStream out) throws IOException {
      super(out, BUFFER);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}
