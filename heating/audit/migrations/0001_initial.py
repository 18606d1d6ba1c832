import django.contrib.postgres.fields
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
            name='SealMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True)),
                ('upto', models.BigIntegerField(default=0)),
                ('gaps', models.JSONField(default=list)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='SealPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(db_index=True, max_length=60)),
                ('ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('macs', models.BinaryField()),
            ],
            options={
                'ordering': ['id'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Record',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='时间')),
                ('actor_name', models.CharField(blank=True, max_length=60, verbose_name='操作人姓名')),
                ('event', models.CharField(max_length=60, verbose_name='操作')),
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
            },
        ),
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('company_id', models.BigIntegerField(verbose_name='公司')),
                ('number', models.BigIntegerField(verbose_name='序号')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('rows', models.PositiveIntegerField(verbose_name='行数')),
                ('key', models.CharField(max_length=12, verbose_name='密钥')),
                ('previous', models.CharField(blank=True, max_length=64, verbose_name='上一封签')),
                ('digest', models.CharField(max_length=64, verbose_name='摘要')),
            ],
            options={
                'verbose_name': '封签',
                'verbose_name_plural': '封签',
                'ordering': ['company_id', 'number'],
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('company_id', 'number'), name='seal_number_once')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='seal',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='425da599b8e4cf7384a383a64e17697a9d08a345', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_4de12', table='audit_seal', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='seal',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF current_setting('heating.may_truncate', true) IS DISTINCT FROM 'on' THEN\n                RAISE EXCEPTION 'heating: cannot truncate table %', TG_TABLE_NAME;\n            END IF;\n            RETURN NULL;\n        ", hash='782945bb2731c9da795af4452e2a2cc1ddf63fa3', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_2e740', table='audit_seal', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='sealpart',
            name='seal',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='audit.seal'),
        ),
        migrations.AddIndex(
            model_name='record',
            index=models.Index(fields=['target_type', 'target_id'], name='audit_recor_target__16245a_idx'),
        ),
        migrations.AddIndex(
            model_name='record',
            index=models.Index(fields=['at', 'id'], name='record_by_time'),
        ),
        migrations.AddIndex(
            model_name='record',
            index=models.Index(fields=['actor', 'at', 'id'], name='record_by_actor'),
        ),
        migrations.AddIndex(
            model_name='record',
            index=models.Index(fields=['event', 'at', 'id'], name='record_by_event'),
        ),
        migrations.AddIndex(
            model_name='record',
            index=models.Index(fields=['target_text'], name='record_by_target', opclasses=['varchar_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='record',
            index=models.Index(condition=models.Q(('address', ''), _negated=True), fields=['address', 'at', 'id'], name='record_by_address'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='record',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='7e47386459a97a3b4d0730ddcb233899361373fc', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_c9162', table='audit_record', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='record',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF current_setting('heating.may_truncate', true) IS DISTINCT FROM 'on' THEN\n                RAISE EXCEPTION 'heating: cannot truncate table %', TG_TABLE_NAME;\n            END IF;\n            RETURN NULL;\n        ", hash='31a02743b1aeabd2276d7978d8bfa305a3b021de', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_8914c', table='audit_record', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sealpart',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='bda61cfa6c13e37f309ec9b8a0560e847507fabe', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_1c234', table='audit_sealpart', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sealpart',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF current_setting('heating.may_truncate', true) IS DISTINCT FROM 'on' THEN\n                RAISE EXCEPTION 'heating: cannot truncate table %', TG_TABLE_NAME;\n            END IF;\n            RETURN NULL;\n        ", hash='bd5e1ed93273b02dbddd8344d53c274cf94db90e', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_fe901', table='audit_sealpart', when='BEFORE')),
        ),
    ]
