package org.lines4j.lab.encoder;

/// The sizes of a sentence encoder: BERT, whose tokens' mean is made a unit vector.
///
/// @param vocabulary how many tokens there are
/// @param positions how many tokens a text may have
/// @param blocks how many transformer blocks
/// @param width of a token's state
/// @param heads of attention; divides the width
/// @param hidden width of each block's hidden layer
public record TextConfig(
    int vocabulary, int positions, int blocks, int width, int heads, int hidden) {
  /// Those of all-MiniLM-L6-v2.
  public static final TextConfig MINI_LM = new TextConfig(30522, 512, 6, 384, 12, 1536);

  /// The same with fewer tokens.
  TextConfig withVocabulary(int tokens) {
    return new TextConfig(tokens, positions, blocks, width, heads, hidden);
  }
}
