package org.lines4j.internal.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.error.InputException;
import org.lines4j.plan.SidecarChanges;
import org.lines4j.plan.SidecarChanges.Layers;
import org.lines4j.plan.SidecarChanges.TokenNumbers;
import org.lines4j.plan.SidecarChanges.VocabularySize;
import org.lines4j.tensor.DType;

class ModelConfigTest {
  @TempDir private Path folder;

  private String changed(String config, SidecarChanges changes) throws IOException {
    Path file = folder.resolve("config.json");
    Files.writeString(file, config.replace('\'', '"'));
    return new String(ModelConfig.with(file, changes), StandardCharsets.UTF_8)
        .replaceAll("\\s+", "")
        .replace('"', '\'');
  }

  private static SidecarChanges stacked(int before, Integer... origins) {
    return SidecarChanges.none().withLayers(new Layers(before, List.of(origins)));
  }

  @Test
  void theTypeChangesUnderBothOfItsNamesAndAtAnyDepth() throws IOException {
    assertEquals(
        "{'dtype':'bfloat16','text_config':{'torch_dtype':'bfloat16'},'eps':1e-06}",
        changed(
            "{'dtype': 'float32', 'text_config': {'torch_dtype': 'float16'}, 'eps': 1e-06}",
            SidecarChanges.none().withDtype(Optional.of(DType.BF16))));
  }

  @Test
  void theLayerCountAndTheListsByLayerFollowTheSlices() throws IOException {
    assertEquals(
        "{'num_hidden_layers':4,'layer_types':['full','full','slide','full'],'heads':2}",
        changed(
            "{'num_hidden_layers': 2, 'layer_types': ['full', 'slide'], 'heads': 2}",
            stacked(2, 0, 0, 1, 0)));
  }

  @Test
  void listsThatAreNotByLayerStay() throws IOException {
    assertEquals(
        "{'n_layer':1,'layer_types':['a','b','c'],'layer_norms':[[1],[2]],'mean':[0.5,1]}",
        changed(
            "{'n_layer': 2, 'layer_types': ['a', 'b', 'c'], 'layer_norms': [[1], [2]],"
                + " 'mean': [0.5, 1]}",
            stacked(2, 1)));
  }

  private static SidecarChanges resized(long before, long after) {
    return SidecarChanges.none().withVocabulary(Optional.of(new VocabularySize(before, after)));
  }

  @Test
  void theVocabularySizeChanges() throws IOException {
    assertEquals(
        "{'vocab_size':99,'audio':{'vocab_size':7}}",
        changed("{'vocab_size': 96, 'audio': {'vocab_size': 7}}", resized(96, 99)));
    assertThrows(InputException.class, () -> changed("{'vocab_size': 95}", resized(96, 99)));
  }

  @Test
  void tokensGetTheirNewNumbersAndThoseThatAreGoneNone() throws IOException {
    SidecarChanges changes =
        SidecarChanges.none()
            .withTokenNumbers(Optional.of(new TokenNumbers(new int[] {0, 5, -1, 7})));
    assertEquals(
        "{'bos_token_id':5,'eos_token_id':[7,0],'pad_token_id':null,'image_token_index':7,"
            + "'layers':3,'sep_token_id':-1,'t':{'unk_token_id':null}}",
        changed(
            "{'bos_token_id': 1, 'eos_token_id': [3, 2, 0], 'pad_token_id': 2, 'image_token_index':"
                + " 3, 'layers': 3, 'sep_token_id': -1, 't': {'unk_token_id': 99}}",
            changes));
  }

  @Test
  void aConfigurationThatDoesNotCountItsLayersIsAnError() {
    InputException error =
        assertThrows(
            InputException.class, () -> changed("{'num_hidden_layers': 7}", stacked(6, 0, 1)));
    assertTrue(
        String.valueOf(error.getMessage())
            .contains("number of layers that is 6, to change it to 2"));
  }
}
