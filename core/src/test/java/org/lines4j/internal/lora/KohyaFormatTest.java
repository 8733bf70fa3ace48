package org.lines4j.internal.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.Edit;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.CheckpointWriter;
import org.lines4j.format.Formats;
import org.lines4j.plan.Plan;
import org.lines4j.storage.Location;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;
import org.lines4j.testing.TensorContents;

/// LoRAs of sd-scripts change the modules that they name, in models of diffusers and single files;
/// where a name can be several modules, nothing is guessed.
class KohyaFormatTest {
  private static final int RANK = 2;

  @TempDir private Path folder;

  /// Tensors of random numbers.
  private Path model(String name, Map<String, Shape> shapes) throws IOException {
    List<TensorInfo> infos = new ArrayList<>();
    shapes.forEach((tensor, shape) -> infos.add(new TensorInfo(tensor, DType.F32, shape)));
    Path file = folder.resolve(name + ".safetensors");
    Random random = new Random(name.hashCode());
    try (CheckpointWriter writer = CheckpointWriter.create(file, infos, Map.of())) {
      for (TensorInfo info : infos) {
        MemorySegment bytes = MemorySegment.ofArray(new byte[(int) info.byteSize()]);
        for (long i = 0; i < info.elements(); i++) {
          float value = info.name().endsWith(".alpha") ? 1 : random.nextFloat() - 0.5f;
          bytes.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i, value);
        }
        writer.write(info.name(), bytes);
      }
      writer.publish();
    }
    return file;
  }

  private static void addModule(Map<String, Shape> lora, String name, long out, long... in) {
    List<Long> down = new ArrayList<>(List.of((long) RANK));
    List<Long> up = new ArrayList<>(List.of(out, (long) RANK));
    for (int i = 0; i < in.length; i++) {
      down.add(in[i]);
      if (i > 0) {
        up.add(1L);
      }
    }
    lora.put(name + ".lora_down.weight", new Shape(down));
    lora.put(name + ".lora_up.weight", new Shape(up));
    lora.put(name + ".alpha", Shape.of());
  }

  private static Map<String, Shape> unet(String prefix) {
    Map<String, Shape> unet = new LinkedHashMap<>();
    unet.put(prefix + "down_blocks.0.attentions.0.proj_in.weight", Shape.of(6, 4));
    unet.put(prefix + "down_blocks.0.attentions.0.proj_in.bias", Shape.of(6));
    unet.put(prefix + "down_blocks.0.attentions.0.attn1.to_q.weight", Shape.of(4, 4));
    unet.put(prefix + "down_blocks.0.resnets.0.conv1.weight", Shape.of(4, 4, 3, 3));
    return unet;
  }

  private static Map<String, Shape> lora() {
    Map<String, Shape> lora = new LinkedHashMap<>();
    addModule(lora, "lora_unet_down_blocks_0_attentions_0_proj_in", 6, 4);
    addModule(lora, "lora_unet_down_blocks_0_resnets_0_conv1", 4, 4, 3, 3);
    return lora;
  }

  private static float[] floats(Checkpoint model, String name) throws IOException {
    return MemorySegment.ofArray(TensorContents.bytes(model.source(model.find(name).orElseThrow())))
        .toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
  }

  private static void assertAdded(
      Checkpoint base, Checkpoint lora, Checkpoint adapted, String tensor, String module)
      throws IOException {
    float[] own = floats(base, tensor);
    float[] down = floats(lora, module + ".lora_down.weight");
    float[] up = floats(lora, module + ".lora_up.weight");
    float[] found = floats(adapted, tensor);
    int columns = down.length / RANK;
    for (int i = 0; i < own.length; i++) {
      double sum = 0;
      for (int k = 0; k < RANK; k++) {
        sum += (double) up[i / columns * RANK + k] * down[k * columns + i % columns];
      }
      assertEquals(own[i] + sum / RANK, found[i], 1e-6, tensor); // alpha 1
    }
  }

  @Test
  void aPartOfDiffusersIsChanged() throws IOException {
    checkUnet("");
  }

  @Test
  void aSingleFileIsChanged() throws IOException {
    checkUnet("model.diffusion_model.");
  }

  private void checkUnet(String prefix) throws IOException {
    Path unet = model("unet", unet(prefix));
    Path lora = model("lora", lora());
    assertTrue(Formats.isAdapter(Location.of(lora)));
    assertFalse(Formats.isAdapter(Location.of(unet)));
    try (Checkpoint base = Checkpoint.open(unet);
        Checkpoint parts = Checkpoint.openParts(Location.of(lora));
        Checkpoint adapted = Checkpoint.open(Path.of(unet + "+" + lora))) {
      assertEquals("kohya-lora", parts.format());
      assertAdded(
          base,
          parts,
          adapted,
          prefix + "down_blocks.0.attentions.0.proj_in.weight",
          "lora_unet_down_blocks_0_attentions_0_proj_in");
      assertAdded(
          base,
          parts,
          adapted,
          prefix + "down_blocks.0.resnets.0.conv1.weight",
          "lora_unet_down_blocks_0_resnets_0_conv1");
    }
  }

  @Test
  void modulesOfAnotherPartAreToldOf() throws IOException {
    Map<String, Shape> lora = lora();
    addModule(lora, "lora_te_text_model_encoder_layers_0_mlp_fc1", 8, 4);
    try (Checkpoint base = Checkpoint.open(model("unet", unet("")));
        Checkpoint adapted = Checkpoint.openOn(base, Location.of(model("lora", lora)))) {
      Plan plan = Edit.of(base, adapted).withStackless().plan(folder.resolve("out.safetensors"));
      assertTrue(
          plan.notices().stream()
              .anyMatch(n -> n.contains("1 of its modules, those of lora_te, are of another part")),
          plan.notices().toString());
    }
  }

  /// Both text encoders of SDXL have modules of the same names; the second has more.
  @Test
  void thePartsOfAPipelineTakeTheirOwn() throws IOException {
    Map<String, Shape> lora = lora();
    addModule(lora, "lora_te1_layers_0_fc1", 8, 4);
    addModule(lora, "lora_te2_layers_0_fc1", 8, 4);
    addModule(lora, "lora_te2_layers_1_fc1", 8, 4);
    Map<String, Shape> encoder = new LinkedHashMap<>();
    encoder.put("layers.0.fc1.weight", Shape.of(8, 4));
    Path file = model("lora", lora);
    Path first = pipeline("text_encoder", encoder);
    encoder.put("layers.1.fc1.weight", Shape.of(8, 4));
    Path second = pipeline("text_encoder_2", encoder);
    try (Checkpoint one = Checkpoint.open(first);
        Checkpoint two = Checkpoint.open(second);
        Checkpoint parts = Checkpoint.openParts(Location.of(file));
        Checkpoint adaptedOne = Checkpoint.openOn(one, Location.of(file));
        Checkpoint adaptedTwo = Checkpoint.openOn(two, Location.of(file))) {
      assertAdded(one, parts, adaptedOne, "layers.0.fc1.weight", "lora_te1_layers_0_fc1");
      assertAdded(two, parts, adaptedTwo, "layers.0.fc1.weight", "lora_te2_layers_0_fc1");
      assertAdded(two, parts, adaptedTwo, "layers.1.fc1.weight", "lora_te2_layers_1_fc1");
      String remark = adaptedOne.remark().orElseThrow();
      assertTrue(remark.contains("lora_te2") && !remark.contains("lora_te1"), remark);
    }
  }

  private Path pipeline(String part, Map<String, Shape> shapes) throws IOException {
    Path own = Files.createDirectories(folder.resolve("pipeline").resolve(part));
    Files.move(model(part, shapes), own.resolve("model.safetensors"));
    return own;
  }

  @Test
  void whatIsNotThereIsRefused() throws IOException {
    Map<String, Shape> other = Map.of("model.layers.0.weight", Shape.of(4, 4));
    assertRefused(other, lora(), "none of whose modules", "PIPELINE/unet");
    Map<String, Shape> lora = lora();
    addModule(lora, "lora_unet_mid_block_attentions_0_proj_in", 6, 4);
    assertRefused(
        unet(""), lora, "lora_unet_mid_block_attentions_0_proj_in is no module of it, others are");
  }

  @Test
  void whatCanBeSeveralIsRefused() throws IOException {
    Map<String, Shape> twice = unet("first.");
    twice.putAll(unet("second."));
    assertRefused(twice, lora(), "can be first.down_blocks.0.attentions.0.proj_in or second.");
    Map<String, Shape> same = unet("");
    same.put("down.blocks.0.attentions.0.proj_in.weight", Shape.of(6, 4));
    assertRefused(same, lora(), "does not fit");
    Map<String, Shape> lora = lora();
    addModule(lora, "lora_te_down_blocks_0_attentions_0_proj_in", 6, 4);
    assertRefused(unet(""), lora, "another part change the same module");
  }

  @Test
  void whatIsNoProductIsRefused() throws IOException {
    Map<String, Shape> lora = lora();
    lora.put("lora_unet_down_blocks_0_attentions_0_proj_in.dora_scale", Shape.of(6, 1));
    assertRefused(unet(""), lora, "LyCORIS or DoRA");
    lora = lora();
    lora.remove("lora_unet_down_blocks_0_attentions_0_proj_in.lora_up.weight");
    assertRefused(unet(""), lora, "is missing");
  }

  @Test
  void itIsNoModelAndNoAdapterByItself() throws IOException {
    Path lora = model("lora", lora());
    String alone =
        String.valueOf(
            assertThrows(InputException.class, () -> Checkpoint.open(lora)).getMessage());
    assertTrue(alone.contains("a LoRA of kohya's sd-scripts"), alone);
    assertTrue(alone.contains("MODEL+" + lora), alone);
  }

  private void assertRefused(Map<String, Shape> base, Map<String, Shape> lora, String... words)
      throws IOException {
    Path file = model("lora", lora);
    try (Checkpoint from = Checkpoint.open(model("base", base))) {
      InputException e =
          assertThrows(
              InputException.class, () -> Checkpoint.openOn(from, Location.of(file)).close());
      String message = String.valueOf(e.getMessage());
      assertTrue(message.startsWith(file.toString()), message);
      for (String word : words) {
        assertTrue(message.contains(word), message);
      }
    }
  }
}
