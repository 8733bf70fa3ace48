package org.lines4j.lab.icon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.lines4j.error.InputException;
import org.lines4j.lab.icon.Emoji.Sign;
import org.lines4j.lab.icon.Emoji.Vendor;

class EmojiTest {
  private static final String TWO =
      """
      [{"unified": "1F600", "category": "Smileys & Emotion", "subcategory": "face-smiling",
        "sheet_x": 0, "sheet_y": 1, "has_img_apple": true, "has_img_google": true},
       {"unified": "1F3FB", "category": "Component", "subcategory": "skin-tone",
        "sheet_x": 0, "sheet_y": 0, "has_img_apple": true}]
      """;

  /// A sheet of 2 × 2 pictures, each of another colour, on a ground that nobody should see.
  private static byte[] sheet() throws IOException {
    BufferedImage image = new BufferedImage(68, 68, BufferedImage.TYPE_INT_ARGB);
    int[] colours = {0xffff0000, 0xff00ff00, 0x800000ff, 0xff000000};
    for (int i = 0; i < 68 * 68; i++) {
      int x = i % 68;
      int y = i / 68;
      boolean isGap = x % 34 == 0 || x % 34 == 33 || y % 34 == 0 || y % 34 == 33;
      image.setRGB(x, y, isGap ? 0xff123456 : colours[2 * (y / 34) + x / 34]);
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(image, "png", png);
    return png.toByteArray();
  }

  private static List<Sign> read(String json, byte[] sheet) throws IOException {
    Map<String, byte[]> files = new HashMap<>();
    files.put("package/emoji.json", TinyPackages.utf8(json));
    for (Vendor vendor : Vendor.values()) {
      files.put("package/img/%s/sheets/32.png".formatted(vendor.word()), sheet);
    }
    byte[] archive = TinyPackages.archive(files);
    return Emoji.read(TinyPackages.pin("emoji", archive), archive);
  }

  @Test
  void signsAreCutFromTheirSheetsAndBlendedOverWhite() throws IOException {
    List<Sign> signs = read(TWO, sheet());
    assertEquals(1, signs.size(), "parts of others are no signs");
    Sign sign = signs.getFirst();
    assertEquals("face-smiling", sign.subgroup());
    assertEquals(Set.of(Vendor.APPLE, Vendor.GOOGLE), sign.pictures().keySet());
    int[] argb = new int[Picture.PIXELS];
    Arrays.fill(argb, 0x800000ff);
    assertEquals(Picture.ofColours(argb), sign.pictures().get(Vendor.APPLE));
    assertEquals(127, Picture.ofColours(argb).value(0, 0));
    assertEquals(255, Picture.ofColours(argb).value(2, 0));
  }

  @Test
  void signsThatDifferByGenderAloneAreOfOneFamily() {
    assertEquals(family("1F3C3"), family("1F3C3-200D-2640-FE0F"));
    assertEquals(family("1F9D1-200D-1F692"), family("1F469-200D-1F692"));
    assertEquals(family("2764"), family("2764-FE0F"));
    assertNotEquals(family("1F3C3"), family("1F3C4"));
  }

  private static String family(String code) {
    return new Sign(code, "", "", Map.of()).family();
  }

  @Test
  void whatIsNotOnASheetIsRefused() throws IOException {
    byte[] sheet = sheet();
    for (String place : List.of("2", "-1", "999999999")) {
      String json = TWO.replace("\"sheet_y\": 1", "\"sheet_y\": " + place);
      assertThrows(InputException.class, () -> read(json, sheet), place);
    }
    assertThrows(InputException.class, () -> read("[{", sheet));
    assertThrows(InputException.class, () -> read(TWO, TinyPackages.utf8("no picture")));
  }
}
