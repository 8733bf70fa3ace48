package org.lines4j.lab.image;

import java.util.List;

/// One glyph; between halves of others, as on a house's number plate, where there are neighbours.
///
/// @param faces those of training; each image shows one of them
/// @param unseen those of [Shift#STROKES]
/// @param poses where the glyph is
/// @param thin the smallest radius of a stroke in pixels
/// @param thick the largest
/// @param neighbours whether there are others to its left and right
record GlyphScene(
    List<Face> faces,
    List<Face> unseen,
    Pose.Range poses,
    float thin,
    float thick,
    boolean neighbours)
    implements Scene {
  GlyphScene {
    faces = List.copyOf(faces);
    unseen = List.copyOf(unseen);
  }

  GlyphScene(List<Face> faces, List<Face> unseen) {
    this(faces, unseen, Pose.Range.USUAL, 0.7f, 1.15f, false);
  }

  @Override
  public void draw(int label, Shift shift, Draws draws, Canvas canvas) {
    draws.start(Draws.Purpose.SCENE);
    Pose pose = poses.draw(draws, shift == Shift.ROTATION);
    float radius = draws.between(thin, thick);
    Face face = faces.get(draws.below(faces.size()));
    float apart = draws.between(1.5f, 1.9f);
    int before = draws.below(face.glyphs().size());
    int after = draws.below(face.glyphs().size());
    if (shift == Shift.STROKES) {
      draws.start(Draws.Purpose.SHIFT);
      face = unseen.get(draws.below(unseen.size()));
    }
    radius *= face.weight();
    face.pen().draw(face.glyphs().get(label), pose, radius, canvas);
    if (neighbours) {
      face.pen().draw(face.glyphs().get(before), beside(pose, -apart), radius, canvas);
      face.pen().draw(face.glyphs().get(after), beside(pose, apart), radius, canvas);
    }
  }

  private static Pose beside(Pose pose, float by) {
    return pose.moved(by * pose.xx(), by * pose.yx());
  }
}
