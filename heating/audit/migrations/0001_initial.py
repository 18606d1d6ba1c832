import django.core.serializers.json
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Record',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='时间')),
                ('actor_name', models.CharField(blank=True, max_length=60, verbose_name='操作人姓名')),
                ('verb', models.CharField(max_length=60, verbose_name='操作')),
                ('target_type', models.CharField(blank=True, max_length=60, verbose_name='对象类型')),
                ('target_id', models.BigIntegerField(null=True, verbose_name='对象编号')),
                ('target_text', models.CharField(blank=True, max_length=200, verbose_name='对象')),
                ('before', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, null=True, verbose_name='操作前')),
                ('after', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, null=True, verbose_name='操作后')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='说明')),
                ('office_id', models.BigIntegerField(db_index=True, null=True, verbose_name='机构')),
                ('address', models.CharField(blank=True, max_length=45, verbose_name='来源地址')),
                ('actor', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL, verbose_name='操作人')),
            ],
            options={
                'verbose_name': '操作日志',
                'verbose_name_plural': '操作日志',
                'ordering': ['-id'],
                'default_permissions': ('view',),
                'indexes': [models.Index(fields=['target_type', 'target_id'], name='audit_recor_target__16245a_idx'), models.Index(fields=['at', 'id'], name='record_by_time'), models.Index(fields=['actor', 'at', 'id'], name='record_by_actor'), models.Index(fields=['verb', 'at', 'id'], name='record_by_verb'), models.Index(fields=['target_text'], name='record_by_target', opclasses=['varchar_pattern_ops']), models.Index(condition=models.Q(('address', ''), _negated=True), fields=['address', 'at', 'id'], name='record_by_address')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='record',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='7e47386459a97a3b4d0730ddcb233899361373fc', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_c9162', table='audit_record', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='record',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF current_setting('heating.may_truncate', true) IS DISTINCT FROM 'on' THEN\n                RAISE EXCEPTION 'heating: cannot truncate table %', TG_TABLE_NAME;\n            END IF;\n            RETURN NULL;\n        ", hash='31a02743b1aeabd2276d7978d8bfa305a3b021de', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_8914c', table='audit_record', when='BEFORE')),
        ),
    ]
