package org.lines4j.lab.icon;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.lines4j.lab.image.Images;
import org.lines4j.lab.image.Split;

/// Pictures to look at, which stay on this machine: some of them may not be passed on. A file per
/// task, a row per class: pictures to learn from, then some of each shift.
///
///     ./mvnw -q -pl lab -am test-compile
///     java -cp "lab/target/test-classes:lab/target/classes:core/target/classes:lab/target/lib/*" \
///         org.lines4j.lab.icon.IconSheet CACHE FOLDER
final class IconSheet {
  private static final int PLAIN = 12;
  private static final int SHIFTED = 2;
  private static final int GAP = 2;
  private static final int CELL = Picture.SIDE + GAP;
  private static final int GROUND = 0x8888aa;

  private IconSheet() {}

  /// Takes the folder with the packages, and the one for the sheets.
  public static void main(String[] arguments) throws IOException {
    Path out = Path.of(arguments[1]);
    Files.createDirectories(out);
    for (IconTask task : IconTasks.read(Path.of(arguments[0])).all()) {
      ImageIO.write(draw(task), "png", out.resolve(task.name() + ".png").toFile());
      System.out.println(task.name() + ", by row: " + String.join(", ", task.classes()));
    }
  }

  static BufferedImage draw(IconTask task) {
    List<Images> blocks = new ArrayList<>(List.of(task.draw(1, Split.TRAIN, Integer.MAX_VALUE)));
    task.shifts().forEach(shift -> blocks.add(task.shifted(shift, 1, Integer.MAX_VALUE)));
    int columns = PLAIN + SHIFTED * task.shifts().size();
    int rows = task.classes().size();
    BufferedImage sheet =
        new BufferedImage(columns * CELL + GAP, rows * CELL + GAP, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < sheet.getHeight(); y++) {
      for (int x = 0; x < sheet.getWidth(); x++) {
        sheet.setRGB(x, y, GROUND);
      }
    }
    for (int row = 0; row < rows; row++) {
      int column = 0;
      for (int block = 0; block < blocks.size(); block++) {
        int count = block == 0 ? PLAIN : SHIFTED;
        draw(sheet, blocks.get(block), row, column, count);
        column += count;
      }
    }
    return sheet;
  }

  private static void draw(BufferedImage sheet, Images images, int row, int column, int count) {
    int drawn = 0;
    for (int i = 0; i < images.count() && drawn < count; i++) {
      if (images.labels()[i] == row) {
        int from = i * images.raster().numbers();
        for (int pixel = 0; pixel < Picture.PIXELS; pixel++) {
          sheet.setRGB(
              GAP + (column + drawn) * CELL + pixel % Picture.SIDE,
              GAP + row * CELL + pixel / Picture.SIDE,
              colour(images.pixels(), from + pixel));
        }
        drawn++;
      }
    }
  }

  private static int colour(float[] pixels, int at) {
    int colour = 0;
    for (int channel = 0; channel < Picture.CHANNELS; channel++) {
      colour = colour << 8 | Math.round(255 * pixels[at + channel * Picture.PIXELS]);
    }
    return colour;
  }
}
