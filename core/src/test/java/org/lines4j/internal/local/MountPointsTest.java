package org.lines4j.internal.local;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class MountPointsTest {
  private static final String KNOWN =
      """
      1136 1128 254:1 /home/me/out /out rw,relatime - ext4 /dev/root rw
      1137 1128 0:52 / /my\\040disk\\134a rw,relatime shared:1 - tmpfs none rw,size=100k

      1138
      """;

  @Test
  void theFifthFieldIsThePlace() {
    assertTrue(MountPoints.isIn(KNOWN, Path.of("/out")));
    assertFalse(MountPoints.isIn(KNOWN, Path.of("/")));
    assertFalse(MountPoints.isIn(KNOWN, Path.of("/out/model")));
    assertFalse(MountPoints.isIn(KNOWN, Path.of("/home/me/out")));
  }

  @Test
  void blanksInNamesAreEscaped() {
    assertTrue(MountPoints.isIn(KNOWN, Path.of("/my disk\\a")));
  }
}
