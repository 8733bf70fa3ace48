package org.lines4j.lab.icon;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.imageio.ImageIO;
import org.lines4j.error.InputException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Emoji as four vendors draw them, from the package `emoji-datasource`: a sheet of pictures of
/// each vendor, and where on it every emoji is.
final class Emoji {
  /// Who draws.
  enum Vendor {
    APPLE,
    GOOGLE,
    TWITTER,
    FACEBOOK;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Bytes of the files that are read.
  private static final int MOST = 1 << 26;

  private static final int LARGEST_SIDE = 1 << 13;

  /// Pixels of a sheet from a picture to the next, one of which is empty on each side.
  private static final int STEP = Picture.SIDE + 2;

  /// An emoji.
  ///
  /// @param code its code points in hexadecimal, joined by `-`
  /// @param group Unicode's, such as `Food & Drink`
  /// @param subgroup Unicode's, such as `food-fruit`
  /// @param pictures by vendors who have one
  record Sign(String code, String group, String subgroup, Map<Vendor, Picture> pictures) {
    private static final String PERSON = "1F9D1";

    /// What signs have in common that differ by gender alone.
    String family() {
      return code.replaceAll("-FE0F|-200D-264[02]", "").replaceAll("1F46[89]", PERSON);
    }
  }

  private Emoji() {}

  /// All signs but parts of others, in Unicode's order.
  ///
  /// @throws InputException if the package is malformed
  static List<Sign> read(NpmPackage source, byte[] archive) throws IOException {
    Map<String, byte[]> files =
        Tarball.files(
            source,
            archive,
            name -> name.matches("package/(emoji\\.json|img/[a-z]+/sheets/32\\.png)"),
            MOST);
    Map<Vendor, BufferedImage> sheets = new EnumMap<>(Vendor.class);
    for (Vendor vendor : Vendor.values()) {
      String name = "package/img/%s/sheets/32.png".formatted(vendor.word());
      sheets.put(vendor, image(source, name, files));
    }
    List<Sign> signs = new ArrayList<>();
    for (JsonNode entry : json(source, files)) {
      if (!entry.path("category").asString().equals("Component")) {
        signs.add(sign(source, entry, sheets));
      }
    }
    return signs;
  }

  private static JsonNode json(NpmPackage source, Map<String, byte[]> files) {
    try {
      return JsonMapper.shared().readTree(bytes(source, "package/emoji.json", files));
    } catch (JacksonException e) {
      throw new InputException(source, "emoji.json: " + e.getOriginalMessage());
    }
  }

  private static byte[] bytes(NpmPackage source, String name, Map<String, byte[]> files) {
    byte[] bytes = files.get(name);
    if (bytes == null) {
      throw new InputException(source, "lacks " + name);
    }
    return bytes;
  }

  private static BufferedImage image(NpmPackage source, String name, Map<String, byte[]> files)
      throws IOException {
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(bytes(source, name, files)));
    if (image == null || image.getWidth() > LARGEST_SIDE || image.getHeight() > LARGEST_SIDE) {
      throw new InputException(source, name + " is no picture of that size");
    }
    return image;
  }

  private static Sign sign(NpmPackage source, JsonNode entry, Map<Vendor, BufferedImage> sheets) {
    String code = entry.path("unified").asString();
    int x = entry.path("sheet_x").asInt() * STEP + 1;
    int y = entry.path("sheet_y").asInt() * STEP + 1;
    Map<Vendor, Picture> pictures = new EnumMap<>(Vendor.class);
    sheets.forEach(
        (vendor, sheet) -> {
          if (entry.path("has_img_" + vendor.word()).asBoolean()) {
            if (x < 0
                || y < 0
                || x + Picture.SIDE > sheet.getWidth()
                || y + Picture.SIDE > sheet.getHeight()) {
              throw new InputException(source, code + " is not on its sheet");
            }
            int[] argb = sheet.getRGB(x, y, Picture.SIDE, Picture.SIDE, null, 0, Picture.SIDE);
            pictures.put(vendor, Picture.ofColours(argb));
          }
        });
    return new Sign(
        code, entry.path("category").asString(), entry.path("subcategory").asString(), pictures);
  }
}
