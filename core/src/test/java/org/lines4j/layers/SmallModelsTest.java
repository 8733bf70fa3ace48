package org.lines4j.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lines4j.layers.Place.InLayer;
import org.lines4j.layers.Place.Outside;
import org.lines4j.layers.Place.Side;

/// Small, odd and hand-made models.
class SmallModelsTest {
  private static LayerMap detect(String... lines) {
    return LayerMap.detect(ModelNames.ofLines(lines), LayerOptions.defaults());
  }

  private static int layer(LayerMap map, String tensor) {
    return ((InLayer) map.place(tensor)).layer();
  }

  @Test
  void aSingleBlockIsAStackOfOneLayer() {
    LayerMap map =
        detect("model.layers.0.attn.q.weight", "model.layers.0.norm.weight", "head.weight");
    assertEquals(List.of(new Stack("model.layers", 1)), map.stacks());
  }

  @Test
  void twoBlocksAreEnough() {
    LayerMap map = detect("h.{0-1}.attn.weight", "h.{0-1}.mlp.0.weight", "h.{0-1}.norm.weight");
    assertEquals(List.of(new Stack("h", 2)), map.stacks());
    assertEquals(2, layer(map, "h.1.mlp.0.weight"));
  }

  @Test
  void theOutermostNumberCounts() {
    LayerMap map = detect("blocks.{0-11}.mlp.{0-2}.weight", "blocks.{0-11}.attn.{0-1}.weight");
    assertEquals(11, layer(map, "blocks.10.mlp.0.weight"));
  }

  @Test
  void plainLayersAreAStackIfTheyAreCalledLayers() {
    LayerMap map = detect("layers.{0-3}.weight", "layers.{0-3}.bias");
    assertEquals(List.of(new Stack("layers", 4)), map.stacks());
  }

  @Test
  void plainLayersAreNoStackBesideABlock() {
    LayerMap map =
        detect(
            "encoder.layers.{0-1}.attn.{0-3}.weight",
            "encoder.layers.{0-1}.norm.weight",
            "conv_layers.{0-6}.conv.weight 8x8x3",
            "classifier.layers.{0-2}.weight");
    assertEquals(List.of(new Stack("encoder.layers", 2)), map.stacks());
    assertEquals(new Outside(Side.BEFORE), map.place("conv_layers.6.conv.weight"));
    assertEquals(new Outside(Side.AFTER), map.place("classifier.layers.2.weight"));
  }

  @Test
  void aPerceptronHasNoStackAndShowsItsNameGroups() {
    LayerMap map = detect("fc{1-3}.weight", "fc{1-3}.bias", "head.weight");
    assertEquals(List.of(), map.stacks());
    assertEquals(List.of("fc*.bias ×3", "fc*.weight ×3", "head.weight"), map.nameGroups());
    assertEquals(6, map.unsure().size());
    assertEquals(new Outside(Side.AFTER), map.place("fc1.weight"));
  }

  @Test
  void sequentialsWithGapsHaveNoStack() {
    assertEquals(
        List.of(), detect("layers.0.weight", "layers.2.weight", "layers.4.weight").stacks());
    assertEquals(List.of(), detect("classifier.0.weight", "classifier.3.weight").stacks());
    assertEquals(List.of(), detect("net.{0-3}.weight").stacks());
  }

  @Test
  void aPrunedModelKeepsItsNumbers() {
    LayerMap map =
        detect("layers.{0-3}.mlp.{0-4}.weight", "layers.{6-7}.mlp.{0-4}.weight", "norm.weight");
    assertEquals(List.of(new Stack("layers", 8)), map.stacks());
    assertEquals(7, layer(map, "layers.6.mlp.0.weight"));
  }

  @Test
  void numbersMayBeginAtOne() {
    LayerMap map = detect("block{1-4}.attn.{0-3}.weight");
    assertEquals(List.of(new Stack("block", 4)), map.stacks());
    assertEquals(1, layer(map, "block1.attn.0.weight"));
  }

  @Test
  void aNumberWithALeadingZeroIsAName() {
    assertEquals(
        List.of(), detect("layers.00.a.{0-3}.weight", "layers.01.a.{0-3}.weight").stacks());
  }

  @Test
  void blocksOfTwoKindsMayAlternate() {
    LayerMap map =
        detect(
            "layers.0.attn.{0-3}.weight",
            "layers.1.mamba.{0-3}.weight",
            "layers.2.attn.{0-3}.weight",
            "layers.3.mamba.{0-3}.weight",
            "layers.{0-3}.norm.weight");
    assertEquals(List.of(new Stack("layers", 4)), map.stacks());
  }

  @Test
  void wholeModelsInAListAreTowersAndNotBlocks() {
    LayerMap map =
        detect(
            "towers.{0-1}.embed.weight",
            "towers.{0-1}.wpe.weight",
            "towers.{0-1}.layers.{0-5}.attn.{0-3}.weight",
            "towers.{0-1}.layers.{0-5}.norm.weight");
    assertEquals(
        List.of(new Stack("towers.0.layers", 6), new Stack("towers.1.layers", 6)), map.stacks());
  }

  @Test
  void partsOfOneBlockInNumberedPairsAreNotBlocks() {
    LayerMap map =
        detect(
            "transformer.layers.{0-5}.0.norm.weight",
            "transformer.layers.{0-5}.0.fn.to_qkv.weight",
            "transformer.layers.{0-5}.0.fn.to_out.0.weight",
            "transformer.layers.{0-5}.1.norm.weight",
            "transformer.layers.{0-5}.1.fn.net.{0-1}.weight");
    assertEquals(List.of(new Stack("transformer.layers", 6)), map.stacks());
  }

  @Test
  void aFirstBlockMayLackANormAndTheLastHaveMore() {
    LayerMap map =
        detect(
            "layers.{0-2}.attn.{0-3}.weight", "layers.{1-2}.norm.weight", "layers.2.gate.weight");
    assertEquals(List.of(new Stack("layers", 3)), map.stacks());
  }

  @Test
  void stagesOfOneWidthConcatenateToo() {
    LayerMap map =
        detect(
            "layers.{0-3}.residual_group.blocks.{0-5}.attn.{0-3}.weight",
            "layers.{0-3}.residual_group.blocks.{0-5}.norm.weight",
            "layers.{0-3}.conv.weight");
    assertEquals(List.of(new Stack("layers.S.residual_group.blocks", 24)), map.stacks());
    assertEquals(7, layer(map, "layers.1.residual_group.blocks.0.norm.weight"));
  }

  /// DINOv2 is trained with its blocks in chunks, in which they keep their numbers.
  @Test
  void blocksThatAreNumberedOnFromStageToStageKeepTheirNumbers() {
    LayerMap map =
        detect(
            "blocks.0.{0-5}.attn.{0-3}.weight",
            "blocks.1.{6-11}.attn.{0-3}.weight",
            "blocks.2.{12-17}.attn.{0-3}.weight",
            "blocks.3.{18-23}.attn.{0-3}.weight");
    assertEquals(List.of(new Stack("blocks.S", 24)), map.stacks());
    assertEquals(7, layer(map, "blocks.1.6.attn.0.weight"));
    assertEquals(24, layer(map, "blocks.3.23.attn.0.weight"));
  }

  @Test
  void whatStagesButTheFirstHaveStandsAtTheirStart() {
    LayerMap map =
        detect(
            "stages.{0-2}.blocks.{0-1}.attn.{0-3}.weight",
            "stages.{1-2}.downsample.weight",
            "head.weight");
    assertEquals(3, layer(map, "stages.1.downsample.weight"));
  }

  @Test
  void multiTokenPredictorsAreOutside() {
    LayerMap map = detect("model.layers.{0-3}.mlp.{0-4}.weight", "mtp.layers.0.mlp.{0-4}.weight");
    assertEquals(List.of(new Stack("model.layers", 4)), map.stacks());
    assertEquals(new Outside(Side.AFTER), map.place("mtp.layers.0.mlp.0.weight"));
  }

  @Test
  void headsAndExpertsSideBySideAreNoDepth() {
    LayerMap map =
        detect(
            "layers.{0-3}.mlp.{0-4}.weight",
            "heads.{0-4}.dense.{0-4}.weight",
            "experts.{0-7}.w.{0-4}.weight");
    assertEquals(List.of(new Stack("layers", 4)), map.stacks());
    assertEquals(new Outside(Side.AFTER), map.place("heads.3.dense.0.weight"));
  }

  @Test
  void aUNetOfNumberedModulesIsOneStack() {
    LayerMap map =
        detect(
            "inc.conv.{0-1}.weight 8x8x3x3",
            "down{1-4}.conv.{0-3}.weight 8x8x3x3",
            "up{1-4}.conv.{0-3}.weight 8x8x3x3",
            "outc.conv.weight 8x8x1x1");
    assertEquals(List.of(new Stack("down + up", 8)), map.stacks());
    assertEquals(5, layer(map, "up1.conv.0.weight"));
  }

  @Test
  void anEmptyModelHasNothing() {
    LayerMap map = detect();
    assertEquals(List.of(), map.stacks());
    assertEquals(List.of(), map.nameGroups());
  }

  @Test
  void anUnknownTensorHasNoPlace() {
    LayerMap map = detect("layers.0.weight");
    assertThrows(IllegalArgumentException.class, () -> map.place("layers.1.weight"));
  }
}
