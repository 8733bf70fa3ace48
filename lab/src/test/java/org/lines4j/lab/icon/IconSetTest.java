package org.lines4j.lab.icon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.lines4j.error.InputException;

class IconSetTest {
  private static final String ICONS =
      """
      {"prefix": "tiny", "width": 24, "height": 12, "icons": {
        "square": {"body": "<path d='M0 0h24v12H0z'/>"},
        "old": {"body": "<path/>", "hidden": true},
        "wide": {"body": "<path d='M1 1h9v9z'/>", "left": 1, "top": -2, "width": 30}}}
      """;

  private static IconSet read(String icons, String info, String metadata) throws IOException {
    Map<String, byte[]> files =
        Map.of(
            "package/icons.json", TinyPackages.utf8(icons),
            "package/info.json", TinyPackages.utf8(info),
            "package/metadata.json", TinyPackages.utf8(metadata),
            "package/index.js", TinyPackages.utf8("!"));
    byte[] archive = TinyPackages.archive(files);
    return IconSet.read(TinyPackages.pin("tiny", archive), archive);
  }

  @Test
  void iconsComeWithTheirBoxesAndCategories() throws IOException {
    IconSet set =
        read(
            ICONS,
            "{\"palette\": true}",
            "{\"categories\": {\"A\": [\"square\", \"wide\"], \"B\": [\"wide\", \"gone\"]}}");
    assertTrue(set.hasColours());
    assertEquals(List.of("square", "wide"), set.icons().stream().map(IconSet.Icon::name).toList());
    assertEquals(List.of("A"), set.icons().getFirst().categories());
    assertEquals(List.of("A", "B"), set.icons().getLast().categories());
    assertEquals(
        new IconSvg("tiny 1.0.0: wide", "<path d='M1 1h9v9z'/>", 1, -2, 30, 12),
        set.icons().getLast().svg());
    assertEquals(24, set.icons().getFirst().svg().width());
  }

  @Test
  void aSetWithoutCategoriesOrColoursIsOneToo() throws IOException {
    IconSet set = read(ICONS, "{}", "{}");
    assertFalse(set.hasColours());
    assertEquals(List.of(), set.icons().getFirst().categories());
  }

  @Test
  void whatIsMalformedIsNamed() {
    InputException refused =
        assertThrows(InputException.class, () -> read("{\"icons\": {", "{}", "{}"));
    assertTrue(
        String.valueOf(refused.getMessage()).startsWith("tiny 1.0.0: icons.json"),
        refused.getMessage());
    assertThrows(
        InputException.class,
        () -> read("{\"icons\": {\"a\": {\"body\": \"\", \"width\": -1}}}", "{}", "{}"));
  }
}
