package org.lines4j.lab.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The sheet that the documents show. A row is a task, in the order of [ImageTasks#all]: six images
/// as in training, then two each with noise, out of focus, with little contrast, turned further, and
/// with unseen strokes.
///
///     ./mvnw -q -pl lab -am test-compile
///     java -cp lab/target/test-classes:lab/target/classes:core/target/classes \
///         org.lines4j.lab.image.TaskSheet docs/lab-images.png
final class TaskSheet {
  private static final int UNSHIFTED = 6;
  private static final int SHIFTED = 2;

  private TaskSheet() {}

  /// Writes the sheet to the file named first.
  public static void main(String[] arguments) throws IOException {
    Files.write(Path.of(arguments[0]), png());
  }

  static byte[] png() {
    return ContactSheet.png(ImageTasks.all().stream().map(TaskSheet::row).toList(), 2);
  }

  private static Images row(ImageTask task) {
    List<Images> parts = new ArrayList<>();
    int from = 0;
    for (Shift shift : Shift.values()) {
      int count = shift == Shift.NONE ? UNSHIFTED : SHIFTED;
      parts.add(task.render(1, Split.TEST, shift, from, count));
      from += count;
    }
    return joined(parts);
  }

  private static Images joined(List<Images> parts) {
    int count = parts.stream().mapToInt(Images::count).sum();
    float[] pixels = new float[count * Images.PIXELS];
    int[] labels = new int[count];
    int at = 0;
    for (Images part : parts) {
      System.arraycopy(part.pixels(), 0, pixels, at * Images.PIXELS, part.pixels().length);
      System.arraycopy(part.labels(), 0, labels, at, part.count());
      at += part.count();
    }
    return new Images(pixels, labels);
  }
}
